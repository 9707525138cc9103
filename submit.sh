#!/usr/bin/env bash
# Runs Kindling through the real spark-submit: that of SPARK_HOME, else the one that Maven resolved.
#   ./submit.sh                                   quick start: a cold start and its escape
#   ./submit.sh [spark options] COMMAND [options] any command, for example: train --config my.yaml
#   ./submit.sh --help                            the commands
#   ./submit.sh --archive                         once, half a minute: commands start in about half the time from then on
#   -v as the first argument prints what is run, --print-env prints it with its environment and runs nothing.
set -euo pipefail

here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
commands=" quickstart prepare rollout score refill weigh batch step stages train pretrain evaluate export profile report register plan bench theory doctor help --help -h --version "
# spark-submit's options without a value; every other one takes the next argument.
switches=" --supervise --verbose "

verbose= print= archiving=
if [[ ${1:-} == --archive ]]; then archiving=yes; shift
elif [[ ${1:-} == -v ]]; then verbose=yes; shift; elif [[ ${1:-} == --print-env ]]; then print=yes; shift; fi

fail() { printf '%s\n' "$*" >&2; exit 2; }

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" > /dev/null || fail "Cannot find $java: Kindling needs a JDK 17, 21 or 25 (install one, or set JAVA_HOME)."
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
[[ ${version:-0} -ge 17 ]] || fail "Invalid Java version: ${version:-unknown} of $java (must be 17, 21 or 25; set JAVA_HOME to one of them)."
# Hadoop 3.4 calls what Java 24 has taken away, before any program of ours is begun.
[[ $version -lt 24 || ! -e $(echo "${SPARK_HOME:-}"/jars/hadoop-client-api-3.4.*.jar) ]] ||
  fail "Invalid Java version: $version of $java (must be 17 or 21 with Spark 4.0 and 4.1, whose Hadoop does not run on Java 24 or newer; set JAVA_HOME to one of them)."

# Classes as this Java has loaded them before; of another jar, or another Java, it makes no use.
archive=$here/pipeline/target/classes-$version.jsa
if [[ -n $archiving ]]; then
  [[ $# -eq 0 && -z ${SPARK_HOME:-} ]] || fail "Invalid --archive: it stands alone, and is for the Spark that comes along (SPARK_HOME is ${SPARK_HOME:-not set})."
  rehearsal=$(mktemp -d)
  trap 'rm -rf "$rehearsal"' EXIT
  # The classes of a step, an evaluation and a report.
  set -- quickstart --folder "$rehearsal" --arms garl-0.75 --set run.steps=1 --set evaluate.every=1 --set trainer.warmup_updates=0
fi

# Arguments and file names are UTF-8, which the locale of a container often is not: there this one
# character is four.
character=$'\360\237\230\200'
[[ ${#character} -eq 1 ]] || export LC_ALL=C.UTF-8

# Spark's options come first, the command and its own options after.
spark=()
while [[ $# -gt 0 && $commands != *" $1 "* ]]; do
  case $1 in
    --*=*) spark+=("$1"); shift ;;
    --*)
      if [[ $switches == *" $1 "* ]]; then spark+=("$1"); shift
      else
        [[ $# -ge 2 ]] || fail "Invalid option $1: it needs a value and a command after it (see $0 --help)."
        spark+=("$1" "$2"); shift 2
      fi ;;
    *) fail "Unknown command: $1 (must be one of:${commands% help *}; see $0 --help)." ;;
  esac
done
[[ $# -gt 0 ]] || set -- quickstart

jar() { ls "$here"/pipeline/target/kindling-[0-9]*.jar 2> /dev/null | grep -Ev -- '-(sources|javadoc)\.jar$' | head -n 1; }
classpath=$here/pipeline/target/spark.classpath
why=
if [[ -z $(jar) || ! -f $classpath ]]; then
  why="first use: fetches Spark and PyTorch, about 500 MB, some minutes"
else
  newer=$(find "$here"/{pom.xml,conf,pipeline/pom.xml,pipeline/src/main,udfs/pom.xml,udfs/src/main,udfs/algebra/pom.xml,udfs/algebra/src/main} \
    -newer "$(jar)" -type f -print -quit)
  [[ -z $newer ]] || why="${newer#"$here"/} is newer than the jar"
fi
if [[ -n $why ]]; then
  echo "Building Kindling ($why) ..." >&2
  # Half a minute of Java is not worth its second compiler.
  (cd "$here" && MAVEN_OPTS=${MAVEN_OPTS--XX:+UseParallelGC -XX:TieredStopAtLevel=1} ./mvnw -B -q -Pprogram -T2 package) >&2 \
    || { echo "The build failed; its messages stand above." >&2; exit 1; }
fi

# The driver's environment, where local tasks run, is what conf/spark gives executors.
settings=()
while read -r key value; do
  [[ $key == spark.executorEnv.* ]] || continue
  name=${key#spark.executorEnv.}
  # Threads must be one, of the rest a person's own choice counts.
  [[ $name == *_NUM_THREADS || -z ${!name:-} ]] && export "$name=$value"
  settings+=("$name=${!name}")
done < "$here/conf/spark/local.conf"

given() { local option; for option in "${spark[@]+"${spark[@]}"}"; do [[ $option == "$1" || $option == "$1="* ]] && return 0; done; return 1; }
# The master is this very machine: none is given, or one such as local[2].
is_local() { local all=" ${spark[*]-}"; ! given --master || [[ $all == *" --master local"* || $all == *" --master=local"* ]]; }
defaults=() collector=
if ! given --properties-file && [[ -z ${SPARK_HOME:-} || ! -f ${SPARK_HOME:-}/conf/spark-defaults.conf ]] && is_local; then
  defaults=(--properties-file "$here/conf/spark/local.conf")
  # As in that file; Java refuses to start with two collectors, and a person's choice counts.
  [[ "${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${SPARK_SUBMIT_OPTS:-} ${spark[*]-}" == *GC* ]] || collector=-XX:+UseParallelGC
fi
given --name || defaults+=(--name kindling)
given --driver-java-options || defaults+=(--driver-java-options "-Dfile.encoding=UTF-8 -Dlog4j2.configurationFile=file:${here// /%20}/conf/spark/log4j2.properties${collector:+ $collector}")

# What the verifier of mathematics starts when it needs algebra; executors find it among their files.
algebra=$(ls "$here"/udfs/target/kindling-algebra-*.jar 2> /dev/null | head -n 1 || true)
if [[ -n $algebra ]]; then
  for ((i = 0; i < ${#spark[@]}; i++)); do
    if [[ ${spark[i]} == --files ]]; then spark[i + 1]+=,$algebra; algebra=; break; fi
    if [[ ${spark[i]} == --files=* ]]; then spark[i]+=,$algebra; algebra=; break; fi
  done
  [[ -z $algebra ]] || defaults+=(--files "$algebra")
fi

arguments=("${defaults[@]+"${defaults[@]}"}" "${spark[@]+"${spark[@]}"}" --class dev.kindling.command.Main "$(jar)" "$@")
if [[ -n ${SPARK_HOME:-} ]]; then
  run=("$SPARK_HOME/bin/spark-submit" "${arguments[@]}")
else
  # Without a Spark installation the driver runs in this very JVM, so its flags are given here.
  memory=4g
  for ((i = 0; i < ${#spark[@]}; i++)); do
    [[ ${spark[i]} == --driver-memory ]] && memory=${spark[i + 1]}
    [[ ${spark[i]} == --driver-memory=* ]] && memory=${spark[i]#*=}
  done
  export SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1} SPARK_SCALA_VERSION=2.13
  settings+=("SPARK_LOCAL_IP=$SPARK_LOCAL_IP" "SPARK_SCALA_VERSION=$SPARK_SCALA_VERSION")
  classes=()
  if [[ -n $archiving ]]; then classes=("-XX:ArchiveClassesAtExit=$rehearsal/classes.jsa" -Xlog:cds=off -Xlog:cds+dynamic=off)
  elif [[ $archive -nt $(jar) ]]; then classes=("-XX:SharedArchiveFile=$archive" -Xlog:cds=off -Xlog:cds+dynamic=off); fi
  run=("$java" "-Xmx$memory" ${collector:+"$collector"} "${classes[@]+"${classes[@]}"}" -Dfile.encoding=UTF-8 "@$here/conf/spark/java-modules.args"
    "-Dlog4j2.configurationFile=file:${here// /%20}/conf/spark/log4j2.properties"
    -cp "$(cat "$classpath")" org.apache.spark.deploy.SparkSubmit "${arguments[@]}")
fi
if [[ -n $print ]]; then
  for name in LC_ALL JAVA_HOME SPARK_HOME; do [[ -z ${!name:-} ]] || settings+=("$name=${!name}"); done
  printf '%q ' env "${settings[@]}" "${run[@]}"; echo
  exit 0
fi
if [[ -n $archiving ]]; then
  echo "Writing $archive ..." >&2
  "${run[@]}" > "$rehearsal/log" 2>&1 || { cat "$rehearsal/log" >&2; exit 1; }
  mv -f "$rehearsal/classes.jsa" "$archive"
  exit 0
fi
# Java and Spark need their seconds before they can say anything.
[[ " $* " =~ \ (--help|-h|--version|-V|help)\  ]] || echo "Starting Spark for $1 ..." >&2
[[ -z $verbose ]] || { printf '%q ' "${run[@]}"; echo; } >&2
exec "${run[@]}"
