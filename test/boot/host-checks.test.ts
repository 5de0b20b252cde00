import { assert, describe, it } from "@effect/vitest"
import { leakChecks, processCheck } from "../../src/boot/host-checks.ts"

const secret = "s3cret-of-the-app-4711"
const variables = (given: Readonly<Record<string, string>>) => new Map(Object.entries(given))
const states = (given: Readonly<Record<string, string>>, dotEnv?: string) =>
  leakChecks(variables(given), dotEnv, [secret, "short"]).map(({ name, state }) => [name, state])

describe("the environment of the process", () => {
  it("G44 refuses a known secret, wherever it stands in a value, and never shows it", () => {
    for (const value of [secret, `Bearer ${secret}`, `redis://:${secret}@redis`]) {
      const [leak] = leakChecks(variables({ HARMLESS: value }), undefined, [secret])
      assert.strictEqual(leak?.state, "failed")
      assert.include(leak?.problem, "HARMLESS")
      assert.notInclude(JSON.stringify(leak), secret)
    }
  })

  it("G44 warns of a name alone, and of platforms' own names and files not even that", () => {
    const [named] = leakChecks(variables({ META_APP_SECRET: "x", DB_PASSWORD: "y" }), undefined, [secret])
    assert.strictEqual(named?.state, "ok")
    assert.match(named?.problem ?? "", /META_APP_SECRET, DB_PASSWORD/)
    const quiet = {
      AWS_WEB_IDENTITY_TOKEN_FILE: "/run/x",
      REDIS_PASSWORD_FILE: "/run/y",
      npm_config_token: "z",
      PATH: "/"
    }
    assert.isUndefined(leakChecks(variables(quiet), undefined, [secret])[0]?.problem)
  })

  it("G44 looks for no secret that is too short to be told from other words", () => {
    assert.deepStrictEqual(states({ A: "a short text" }), [
      ["leak:environment", "ok"],
      ["leak:dotenv", "ok"]
    ])
  })

  it("G44 reads a .env as whoever wrote it would", () => {
    for (const line of [`A=${secret}`, `export A="${secret}"`, `# x\n  A = '${secret}'`]) {
      assert.deepStrictEqual(states({}, line)[1], ["leak:dotenv", "failed"], line)
    }
    assert.deepStrictEqual(states({}, `# ${secret}\nnonsense`)[1], ["leak:dotenv", "ok"])
  })
})

describe("the process itself", () => {
  it("G40 is refused where it was told to load or to trust something beside what it is shipped with", () => {
    for (const given of [
      { NODE_OPTIONS: "--require=/tmp/x.js" },
      { NODE_TLS_REJECT_UNAUTHORIZED: "0" },
      { LD_PRELOAD: "/tmp/x.so" },
      { NODE_EXTRA_CA_CERTS: "/tmp/ca.pem" }
    ]) {
      const check = processCheck(variables(given), [], true)
      assert.strictEqual(check.state, "failed")
      assert.include(check.problem, Object.keys(given)[0])
      assert.notInclude(check.problem, "/tmp")
    }
    for (const argument of ["--require=/tmp/x", "-r", "--import=x", "--loader=x", "--use-openssl-ca", "--inspect=0"]) {
      assert.strictEqual(processCheck(variables({}), [argument], false).state, "failed", argument)
    }
  })

  it("G40 may trust more where no provider itself is spoken to, and be told what is harmless", () => {
    assert.strictEqual(
      processCheck(variables({ NODE_EXTRA_CA_CERTS: "/tmp/ca.pem", NODE_OPTIONS: "" }), [], false).state,
      "ok"
    )
    assert.strictEqual(processCheck(variables({}), ["--max-old-space-size=512"], true).state, "ok")
  })
})
