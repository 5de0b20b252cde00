import { createHash } from "node:crypto"
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { resolve } from "node:path"
import { quietly, say } from "./child.js"
import { outerPath, root } from "./house.js"

const marker = resolve(root, "node_modules/.comporta-lock")
const turn = resolve(root, ".install.log")
const beat = 2_000
const dead = 20_000

const textOf = (path) => {
  try {
    return readFileSync(path, "utf8").trim()
  } catch {
    return undefined
  }
}

const wanted = () =>
  createHash("sha256")
    .update(readFileSync(resolve(root, "package-lock.json")))
    .digest("hex")

const upToDate = () => textOf(marker) === wanted()

const take = () => {
  try {
    closeSync(openSync(turn, "wx"))
    return true
  } catch (error) {
    if (error.code !== "EEXIST") throw error
    return false
  }
}

const isDead = (path) => Date.now() - statSync(path).mtimeMs > dead

// Moves the lock aside, then checks it once more: another run may have taken it between the first check and the move.
const removeDead = () => {
  try {
    if (!isDead(turn)) return
    const aside = `${turn}.${process.pid}.log`
    renameSync(turn, aside)
    if (!isDead(aside)) linkSync(aside, turn)
    rmSync(aside)
  } catch (error) {
    if (error.code !== "ENOENT") throw error
  }
}

const pause = (millis) => new Promise((done) => setTimeout(done, millis))

const install = async () => {
  const hash = wanted()
  say("installing dependencies (npm ci)")
  const alive = setInterval(() => utimesSync(turn, new Date(), new Date()), beat)
  const env = { ...process.env, PATH: outerPath() }
  const code = await quietly(turn, "npm", ["ci", "--loglevel=error", "--include=dev", "--include=optional"], {
    cwd: root,
    env
  })
  clearInterval(alive)
  if (code === 0) writeFileSync(marker, `${hash}\n`)
  return code
}

/** Returns 0 once node_modules matches package-lock.json. One run installs; concurrent runs wait for it. */
export const installed = async () => {
  if (upToDate()) return 0
  for (let told = false; !take(); told = true) {
    if (!told) say("waiting for another run that installs dependencies")
    removeDead()
    await pause(200)
    if (upToDate()) return 0
  }
  try {
    return upToDate() ? 0 : await install()
  } finally {
    rmSync(turn, { force: true })
  }
}
