import { execFileSync } from "node:child_process"
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { delimiter, dirname, join } from "node:path"
import process, { env } from "node:process"
import { root } from "../../house/imports.ts"

export type Architecture = "amd64" | "arm64"

const onPath = (name: string) =>
  (env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path))

const mirror = "http://deb.debian.org/debian"

const run = (command: string, args: ReadonlyArray<string>, directory = root) =>
  execFileSync(command, args, {
    cwd: directory,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...env, LC_ALL: "C" }
  })

/** Names what stand-ins need and this machine does not have. */
export const missingForRoots = (): ReadonlyArray<string> => [
  ...(process.getuid?.() === 0 ? [] : ["root"]),
  ...["debootstrap", "apt-get", "dpkg-deb", "npm"].filter((name) => onPath(name) === undefined)
]

/** Makes a folder once: under another name first, so that a run that was stopped leaves nothing half made. */
const once = (folder: string, make: (path: string) => void): string => {
  if (existsSync(folder)) return folder
  const half = `${folder}.half`
  rmSync(half, { recursive: true, force: true })
  mkdirSync(half, { recursive: true })
  make(half)
  renameSync(half, folder)
  return folder
}

/** A Debian with the pinned Node and npm, as the build base has it. It trusts the authorities that this machine adds for npm. */
export const buildRoot = (cache: string): string =>
  once(join(cache, "build-root"), (path) => {
    run("debootstrap", ["--variant=minbase", "--include=ca-certificates", "bookworm", path, mirror])
    copyFileSync(realpathSync(process.execPath), join(path, "usr/local/bin/node"))
    mkdirSync(join(path, "usr/local/lib/node_modules"), { recursive: true })
    const npm = join(dirname(realpathSync(onPath("npm") ?? "")), "..")
    run("cp", ["-a", npm, join(path, "usr/local/lib/node_modules/npm")])
    symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(path, "usr/local/bin/npm"))
    const authorities = env["NODE_EXTRA_CA_CERTS"]
    if (authorities !== undefined) copyFileSync(authorities, join(path, "etc/ssl/extra.pem"))
  })

/** Packages of Debian 13 that the run base is made of. None has a shell, and none starts a script here. */
const packages =
  "base-files netbase tzdata media-types libc6 libssl3t64 zlib1g libzstd1 libgcc-s1 libstdc++6 libgomp1 ca-certificates"

const download = (debs: string, architecture: Architecture) => {
  const at = (...path: ReadonlyArray<string>) => join(debs, ".apt", ...path)
  for (const folder of ["lists/partial", "cache/archives/partial", "etc"]) mkdirSync(at(folder), { recursive: true })
  writeFileSync(at("status"), "")
  writeFileSync(
    at("etc/sources.list"),
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} trixie main\n`
  )
  const settings = {
    "Dir::State::lists": at("lists"),
    "Dir::State::status": at("status"),
    "Dir::Cache": at("cache"),
    "Dir::Etc::sourcelist": at("etc/sources.list"),
    "Dir::Etc::sourceparts": "-",
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none"
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])
  run("apt-get", [...options, "-qq", "update"])
  run("apt-get", [...options, "-qq", "download", ...packages.split(" ")], debs)
}

const people = (line: (name: string, id: number) => string) =>
  [line("root", 0), line("nobody", 65534), line("nonroot", 65532)].map((one) => `${one}\n`).join("")

/** The libraries of Debian 13 that Node needs, and what else a distroless base has: authorities, time zones, three users. */
export const runRoot = (cache: string, architecture: Architecture): string =>
  once(join(cache, `run-root-${architecture}`), (path) => {
    const debs = once(join(cache, `debs-${architecture}`), (folder) => download(folder, architecture))
    for (const name of ["bin", "sbin", "lib", ...(architecture === "amd64" ? ["lib64"] : [])]) {
      mkdirSync(join(path, "usr", name), { recursive: true })
      symlinkSync(`usr/${name}`, join(path, name))
    }
    for (const name of readdirSync(debs).filter((file) => file.endsWith(".deb"))) {
      run("sh", [
        "-c",
        'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --keep-directory-symlink',
        "sh",
        join(debs, name),
        path
      ])
    }
    const trusted = join(path, "usr/share/ca-certificates/mozilla")
    const bundle = readdirSync(trusted).map((name) => readFileSync(join(trusted, name), "utf8"))
    writeFileSync(join(path, "etc/ssl/certs/ca-certificates.crt"), bundle.join(""))
    writeFileSync(
      join(path, "etc/passwd"),
      people((name, id) => `${name}:x:${id}:${id}:${name}:/:/sbin/nologin`)
    )
    mkdirSync(join(path, "home/nonroot"), { recursive: true })
    chownSync(join(path, "home/nonroot"), 65532, 65532)
    writeFileSync(
      join(path, "etc/group"),
      people((name, id) => `${name}:x:${id}:`)
    )
  })
