import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { textIn } from "./files.ts"

const analyze = (...words: ReadonlyArray<string>) => spawnSync("systemd-analyze", words, { encoding: "utf8" })

/** True when this machine has no `systemd-analyze`, or one that cannot judge a unit which is not installed. */
const noSystemd = !/--offline/.test(analyze("--help").stdout ?? "")

/** Writes a unit to a directory of its own, with a program that exists in place of the one that is installed. */
const unit = (file: string, name: string, change = (text: string) => text) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "comporta-unit-"))),
      (directory) => Effect.sync(() => rmSync(directory, { recursive: true, force: true }))
    ),
    (directory) => {
      const program = join(directory, "node")
      writeFileSync(program, "")
      chmodSync(program, 0o755)
      const path = join(directory, name)
      writeFileSync(path, change(textIn(`systemd/${file}`)).replace("/opt/node/bin/node", program))
      return path
    }
  )

const files = [
  ["comporta.service", "comporta.service"],
  ["comporta-store@.service", "comporta-store@init.service"]
] as const

describe.skipIf(noSystemd)("units of systemd", () => {
  it.live.each(files)("systemd reads deploy/systemd/%s without a mistake", ([file, name]) =>
    Effect.gen(function* () {
      const { status, stderr } = analyze("verify", yield* unit(file, name))
      assert.strictEqual(stderr, "")
      assert.strictEqual(status, 0)
    })
  )

  it.live("systemd finds an unknown directive", () =>
    Effect.gen(function* () {
      const path = yield* unit("comporta.service", "comporta.service", (text) =>
        text.replace("ProtectHome=", "ProtectHomes=")
      )
      assert.match(analyze("verify", path).stderr, /ProtectHomes/)
    })
  )

  it.live.each(files)("systemd rates the exposure of deploy/systemd/%s at most 1.5 of 10", ([file, name]) =>
    Effect.gen(function* () {
      const { status, stdout } = analyze("security", "--offline=true", "--threshold=15", yield* unit(file, name))
      assert.strictEqual(status, 0, stdout)
    })
  )
})
