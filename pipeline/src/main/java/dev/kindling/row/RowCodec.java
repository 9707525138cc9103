package dev.kindling.row;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Schema and rows of a table, derived from its record: component {@code logPHat} is column {@code
 * log_p_hat}; primitives are never null, everything else may be.
 *
 * @param <T> the table's record
 */
public final class RowCodec<T extends Record> implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final Map<Class<?>, DataType> SCALARS =
      Map.of(
          String.class, DataTypes.StringType,
          int.class, DataTypes.IntegerType,
          long.class, DataTypes.LongType,
          float.class, DataTypes.FloatType,
          double.class, DataTypes.DoubleType,
          Double.class, DataTypes.DoubleType,
          boolean.class, DataTypes.BooleanType);

  private final Class<T> type;
  private final StructType schema;

  /**
   * A codec for one record type.
   *
   * @throws IllegalArgumentException if a component has a type that plain Parquet does not
   */
  public RowCodec(Class<T> type) {
    this.type = type;
    List<StructField> fields = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      fields.add(
          DataTypes.createStructField(
              columnName(component.getName()),
              columnType(component),
              !component.getType().isPrimitive()));
    }
    this.schema = DataTypes.createStructType(fields);
  }

  /** The table's schema; arrays hold no nulls. */
  public StructType schema() {
    return schema;
  }

  /** The record as a row of {@link #schema()}. */
  public Row toRow(T record) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      try {
        values[i] = boxed(components[i].getAccessor().invoke(record));
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("Cannot read " + type.getSimpleName(), e);
      }
    }
    return RowFactory.create(values);
  }

  /** The record that a row holds; columns are found by name, so their order does not matter. */
  public T fromRow(Row row) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(row, schema.fields()[i].name(), types[i]);
    }
    return build(types, values);
  }

  /**
   * The record that a row of Spark's own format holds. Its numbers are copied array by array, where
   * a {@link Row} has an object for each.
   *
   * @param row has the columns of {@link #schema()}, in their order
   */
  T fromInternal(InternalRow row) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      if (!row.isNullAt(i)) {
        values[i] = value(row, i, types[i]);
      } else if (types[i].isPrimitive()) {
        throw isNull(schema.fields()[i].name(), "a row of " + this);
      }
    }
    return build(types, values);
  }

  private T build(Class<?>[] types, Object[] values) {
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Cannot build " + type.getSimpleName() + " from " + Arrays.toString(values), e);
    }
  }

  /** Column name of a record component: {@code mismatchK3} is {@code mismatch_k3}. */
  static String columnName(String component) {
    return component.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }

  private static DataType columnType(RecordComponent component) {
    Class<?> java = component.getType();
    if (java == List.class) {
      return DataTypes.createArrayType(DataTypes.StringType, false);
    }
    DataType scalar = SCALARS.get(java.isArray() ? java.getComponentType() : java);
    if (scalar == null) {
      throw new IllegalArgumentException(
          "Component " + component + " has no column type (use String, a primitive or an array)");
    }
    return java.isArray() ? DataTypes.createArrayType(scalar, false) : scalar;
  }

  /** A value as Spark's row encoder takes it, which knows Scala's sequences but no Java list. */
  private static Object boxed(Object value) {
    if (value instanceof List<?> items) {
      return CollectionConverters.asScala(items);
    }
    if (value == null || !value.getClass().isArray()) {
      return value;
    }
    List<Object> items = new ArrayList<>(Array.getLength(value));
    for (int i = 0; i < Array.getLength(value); i++) {
      items.add(Array.get(value, i));
    }
    return CollectionConverters.asScala(items);
  }

  private static Object value(Row row, String column, Class<?> java) {
    int index = row.fieldIndex(column);
    if (row.isNullAt(index)) {
      if (java.isPrimitive()) {
        throw isNull(column, row.prettyJson());
      }
      return null;
    }
    if (java == List.class) {
      return List.copyOf(row.<String>getList(index));
    }
    if (!java.isArray()) {
      return row.get(index);
    }
    List<Object> items = row.getList(index);
    Object array = Array.newInstance(java.getComponentType(), items.size());
    int i = 0;
    for (Object item : items) {
      Array.set(array, i++, item);
    }
    return array;
  }

  private static Object value(InternalRow row, int i, Class<?> java) {
    if (java == String.class) {
      return row.getUTF8String(i).toString();
    }
    if (java == int.class) {
      return row.getInt(i);
    }
    if (java == long.class) {
      return row.getLong(i);
    }
    if (java == float.class) {
      return row.getFloat(i);
    }
    if (java == double.class || java == Double.class) {
      return row.getDouble(i);
    }
    if (java == boolean.class) {
      return row.getBoolean(i);
    }
    return array(row.getArray(i), java);
  }

  private static Object array(ArrayData items, Class<?> java) {
    if (java == int[].class) {
      return items.toIntArray();
    }
    if (java == long[].class) {
      return items.toLongArray();
    }
    if (java == float[].class) {
      return items.toFloatArray();
    }
    if (java == double[].class) {
      return items.toDoubleArray();
    }
    if (java == boolean[].class) {
      return items.toBooleanArray();
    }
    List<String> texts = new ArrayList<>(items.numElements());
    for (int i = 0; i < items.numElements(); i++) {
      texts.add(items.getUTF8String(i).toString());
    }
    return List.copyOf(texts);
  }

  private static IllegalStateException isNull(String column, String row) {
    return new IllegalStateException("Column " + column + " is null in " + row + " (must not be)");
  }

  @Override
  public String toString() {
    return type.getSimpleName() + Arrays.toString(schema.fieldNames());
  }
}
