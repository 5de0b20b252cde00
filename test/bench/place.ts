import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"

/** What signs the webhooks. */
export const appSecret = "bench-app-secret-0123456789abcdef"

/** A folder of one bench, gone with its process, and in it the secrets of its servers as files. */
export const placeOf = (name: string, more: Readonly<Record<string, string>> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), `comporta-${name}-`))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  const secrets = join(folder, "secrets")
  const all = {
    "meta/app-secret": appSecret,
    "meta/verify-token": "bench-verify-token",
    "whatsapp/bench": "bench-access-token",
    ...more
  }
  for (const [secret, value] of Object.entries(all)) {
    mkdirSync(join(secrets, secret, ".."), { recursive: true })
    writeFileSync(join(secrets, secret), `${value}\n`, { mode: 0o600 })
  }
  return { folder, secrets }
}

/** Ends the bench where what it runs is not there. */
export const wants = (tools: Readonly<Record<string, string>>): void => {
  const missing = Object.entries(tools).filter(([tool]) => spawnSync(tool, ["--version"]).error !== undefined)
  if (missing.length === 0) return
  console.error(`the bench needs ${missing.map(([, from]) => from).join(" and ")}: apt-get install them and run again`)
  process.exit(1)
}
