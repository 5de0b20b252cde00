import { existsSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, resolve } from "node:path"
import { quietly, say } from "./child.js"
import { environment } from "./house.js"

export const onPath = (name) =>
  environment()
    .PATH.split(delimiter)
    .some((folder) => folder !== "" && existsSync(resolve(folder, name)))

/** Installs a Debian package where this user may; returns true on success. `around` receives the installation and runs it. */
export const fromDebian = async (name, around = (install) => install()) => {
  if (process.getuid?.() !== 0 || !onPath("apt-get")) return false
  say(`installing ${name} (apt-get)`)
  const log = resolve(tmpdir(), `comporta-apt-${process.pid}.log`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const apt = (...args) => quietly(log, "apt-get", args, { env })
  try {
    if ((await apt("update")) !== 0) return false
    return (await around(() => apt("install", "--yes", "--no-install-recommends", name))) === 0
  } finally {
    rmSync(log, { force: true })
  }
}
