#!/bin/sh
# Generates the secrets of a new deployment: sh deploy/secrets.sh DIRECTORY
#
# Writes one file for each secret that no provider issues, and the user list of Redis. Keeps every file that exists.
# The directory is closed to other users. The files in it are readable, because a container reads them as another user.
set -eu

directory=${1:?usage: sh deploy/secrets.sh DIRECTORY}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
umask 022
mkdir -p "$directory"
chmod 700 "$directory"

# Writes standard input to a file, unless the file exists.
keep() {
  mkdir -p "$directory/$(dirname -- "$1")"
  if [ -s "$directory/$1" ]; then
    cat > /dev/null
  else
    cat > "$directory/$1"
    chmod 644 "$directory/$1"
    echo "wrote $directory/$1"
  fi
}

key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
hex() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

key | keep store/sealing-key
key | keep store/pepper
hex | keep store/password
hex | keep api/app
hex | keep api/operator
hex | keep meta/verify-token
printf 'whsec_%s' "$(key)" | keep runtime/signing

digest=$(tr -d '\n' < "$directory/store/password" | sha256sum | cut -d ' ' -f 1)
sed "s/PASSWORD_SHA256/$digest/" "$here/users.acl" > "$directory/store/users.acl"
chmod 644 "$directory/store/users.acl"

for issued in meta/app-secret whatsapp/support; do
  mkdir -p "$directory/$(dirname -- "$issued")"
  [ -s "$directory/$issued" ] || echo "missing: write what the provider issued to $directory/$issued"
done
