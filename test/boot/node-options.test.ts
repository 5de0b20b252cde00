import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { isHarmlessVariable, isJudgedVariable } from "../../src/boot/host-variables.ts"
import { isHarmlessOption, refusedOptions } from "../../src/boot/node-options.ts"
import { refusedNodeOptions } from "./refused-node-options.ts"

const printed = (option: string) => execFileSync(process.execPath, [option], { encoding: "utf8" })

const [describedOptions = "", describedVariables = ""] = printed("--help").split("Environment variables:")

const optionsIn = (help: string) =>
  [...help.matchAll(/^ {2}(-\S.*)$/gm)].flatMap(([, line = ""]) =>
    line.split(/,\s+|\s{2,}/).flatMap((word) => /^--?[A-Za-z0-9][A-Za-z0-9.-]*/.exec(word)?.[0] ?? [])
  )

const ofThisNode = [...new Set([...process.allowedNodeEnvironmentFlags, ...optionsIn(describedOptions)])]

describe("Node options", () => {
  it("G40 every option of this Node is known as harmless or as refused", () => {
    assert.isAbove(ofThisNode.length, 300)
    const refused = new Set(refusedNodeOptions)
    assert.deepStrictEqual(
      ofThisNode.filter((option) => !isHarmlessOption(option) && !refused.has(option)),
      []
    )
    assert.deepStrictEqual(refusedNodeOptions.filter(isHarmlessOption), [])
  })

  it("G40 an unknown option is refused, and named without its value", () => {
    for (const option of refusedNodeOptions) {
      assert.deepStrictEqual(refusedOptions([`${option}=/tmp/x`]), [option])
      assert.deepStrictEqual(refusedOptions([option, "/tmp/x"]), [option])
    }
    assert.deepStrictEqual(refusedOptions(["--an-option-of-tomorrow", "/tmp/x"]), ["--an-option-of-tomorrow"])
    assert.deepStrictEqual(refusedOptions(["--experimental_loader=/tmp/x"]), ["--experimental-loader"])
    assert.lengthOf(refusedOptions(["/tmp/x"]), 1)
    assert.notInclude(refusedOptions([`--${"x".repeat(100)}`, "/tmp/x"]).join(), "xx")
  })

  it("G40 an option of V8 is refused unless it sets a size", () => {
    const options = [...printed("--v8-options").matchAll(/^ {2}(--[a-z0-9-]+)/gm)].map(([, option = ""]) => option)
    assert.isAbove(options.length, 500)
    const allowed = options.filter((option) => refusedOptions([option]).length === 0)
    assert.sameMembers(allowed, [
      "--jitless",
      "--max-heap-size",
      "--max-old-space-size",
      "--max-semi-space-size",
      "--min-semi-space-size",
      "--optimize-for-size",
      "--stack-trace-limit"
    ])
  })

  it("G40 an option for size, title or stricter TLS is accepted in each form that Node takes", () => {
    const harmless = ["--max-old-space-size=512", "--max_old_space_size=512", "--title", "gateway", "--tls-min-v1.3"]
    assert.deepStrictEqual(refusedOptions(harmless), [])
    assert.deepStrictEqual(refusedOptions(["--title", "gateway", "--require", "/tmp/x"]), ["--require"])
    assert.lengthOf(refusedOptions(["--no-warnings", "/tmp/x"]), 1)
  })
})

describe("Node variables", () => {
  it("G40 every variable that this Node describes is classified", () => {
    const names = [...describedVariables.matchAll(/^([A-Z][A-Z0-9_]+)/gm)].map(([, name = ""]) => name)
    assert.isAbove(names.length, 15)
    assert.sameMembers(
      names.filter((name) => !isJudgedVariable(name)),
      ["FORCE_COLOR", "NO_COLOR", "TZ"]
    )
    assert.sameMembers(
      names.filter((name) => isJudgedVariable(name) && !isHarmlessVariable(name, "x")),
      [
        "NODE_DEBUG",
        "NODE_DEBUG_NATIVE",
        "NODE_EXTRA_CA_CERTS",
        "NODE_PATH",
        "NODE_PRESERVE_SYMLINKS",
        "NODE_REDIRECT_WARNINGS",
        "NODE_REPL_EXTERNAL_MODULE",
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "NODE_V8_COVERAGE"
      ]
    )
  })

  it("G40 a variable that an image, npm or Kubernetes sets is accepted", () => {
    const ordinary = {
      NODE: "/usr/bin/node",
      NODE_ENV: "production",
      NODE_VERSION: "24.21.0",
      NODE_NAME: "worker-1",
      npm_config_user_agent: "npm",
      NODE_EXPORTER_SERVICE_HOST: "10.0.0.7",
      NODE_EXPORTER_SERVICE_PORT_METRICS: "9100",
      NODE_EXPORTER_PORT: "tcp://10.0.0.7:9100",
      NODE_EXPORTER_PORT_9100_TCP: "tcp://10.0.0.7:9100",
      NODE_EXPORTER_PORT_9100_TCP_ADDR: "10.0.0.7",
      UV_THREADPOOL_SIZE: "8",
      MALLOC_ARENA_MAX: "2",
      TZ: "UTC"
    }
    for (const [name, value] of Object.entries(ordinary)) assert.isTrue(isHarmlessVariable(name, value), name)
    assert.isFalse(isHarmlessVariable("NODE_OF_TOMORROW_PORT", "/tmp/x"))
    assert.isFalse(isHarmlessVariable("NODE_OF_TOMORROW_SERVICE_HOST", "/tmp/x.js"))
  })
})
