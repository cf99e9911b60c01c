#!/bin/sh
# Makes .venv from the lock given as $1. The environment is built under a name made of the
# lock's digest and the interpreter, and .venv is a link that is moved to it only when it is
# whole, so an interrupted run never leaves a half-made .venv.
set -eu
lock=$1
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "beforehand needs Python 3.11 or newer; $python is $("$python" -V 2>&1)." >&2
  echo "Name another with: make $* PYTHON=python3.12" >&2
  exit 2
}
name=$("$python" - "$lock" pyproject.toml <<'PY'
import hashlib, pathlib, sys
digest = hashlib.sha256(sys.version.encode() + sys.executable.encode())
for path in sys.argv[1:]:
    digest.update(pathlib.Path(path).read_bytes())
print(digest.hexdigest()[:16])
PY
)
target=.venvs/$name
if [ -e "$target/made" ] && [ "$(readlink .venv 2>/dev/null)" = "$target" ] && [ -x .venv/bin/python ]; then
  exit 0
fi

if [ ! -e "$target/made" ]; then
  echo "Making the Python environment (.venv); the first time takes a minute or two." >&2
  rm -rf "$target"
  trap 'rm -rf "$target"' EXIT
  trap 'exit 130' INT TERM
  # Debian's Python may lack ensurepip: the environment's pip then comes from outside it.
  "$python" -m venv --without-pip "$target"
  if "$python" -m pip --version >/dev/null 2>&1; then
    pip="$python -m pip --python $target/bin/python"
  else
    "$python" -m venv --clear "$target"
    pip="$target/bin/python -m pip"
  fi
  $pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
  $pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
  touch "$target/made"
  trap - EXIT INT TERM
fi
if [ -d .venv ] && [ ! -L .venv ]; then rm -rf .venv; fi
ln -sfn "$target" .venv
