package dev.kindling.udf.math;

/** A complex number in double precision, for {@link Probe}. */
record Complex(double re, double im) {
  static final Complex ONE = new Complex(1, 0);
  static final Complex I = new Complex(0, 1);

  Complex plus(Complex other) {
    return new Complex(re + other.re, im + other.im);
  }

  Complex minus(Complex other) {
    return new Complex(re - other.re, im - other.im);
  }

  Complex times(Complex other) {
    return new Complex(re * other.re - im * other.im, re * other.im + im * other.re);
  }

  Complex over(Complex other) {
    double norm = other.re * other.re + other.im * other.im;
    return new Complex(
        (re * other.re + im * other.im) / norm, (im * other.re - re * other.im) / norm);
  }

  double abs() {
    return Math.hypot(re, im);
  }

  boolean isFinite() {
    return Double.isFinite(re) && Double.isFinite(im);
  }

  Complex exp() {
    double size = Math.exp(re);
    return im == 0 ? new Complex(size, 0) : new Complex(size * Math.cos(im), size * Math.sin(im));
  }

  /** The principal logarithm. */
  Complex log() {
    return new Complex(Math.log(abs()), Math.atan2(im, re));
  }

  /** The principal power. */
  Complex power(Complex exponent) {
    if (re == 0 && im == 0) {
      return exponent.re > 0 ? this : new Complex(exponent.re == 0 ? 1 : Double.NaN, 0);
    }
    if (im == 0 && exponent.im == 0 && (re > 0 || exponent.re == Math.rint(exponent.re))) {
      return new Complex(Math.pow(re, exponent.re), 0);
    }
    return exponent.times(log()).exp();
  }

  Complex sqrt() {
    return power(new Complex(0.5, 0));
  }

  Complex sin() {
    return new Complex(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im));
  }

  Complex cos() {
    return new Complex(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
  }

  /** −i log(iz + √(1 − z²)). */
  Complex arcsin() {
    Complex inside = I.times(this).plus(ONE.minus(times(this)).sqrt());
    Complex log = inside.log();
    return new Complex(log.im, -log.re);
  }

  /** (i/2) log((i + z)/(i − z)). */
  Complex arctan() {
    if (im == 0) {
      return new Complex(Math.atan(re), 0);
    }
    return new Complex(0, 0.5).times(I.plus(this).over(I.minus(this)).log());
  }
}
