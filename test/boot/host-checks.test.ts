import { assert, describe, it } from "@effect/vitest"
import { leakChecks, processCheck } from "../../src/boot/host-checks.ts"

const secret = "s3cret-of-the-app-4711"
const variables = (given: Readonly<Record<string, string>>) => new Map(Object.entries(given))
const file = (content: string | Uint8Array, name = ".env") => ({
  name,
  bytes: typeof content === "string" ? new TextEncoder().encode(content) : content
})
const dotEnv = (content: string | Uint8Array, secrets: ReadonlyArray<string> = [secret, "short"]) =>
  leakChecks(variables({}), [file(content)], secrets)[1]
const ofEnvironment = (given: Readonly<Record<string, string>>) => leakChecks(variables(given), [], [secret])[0]

const utf16 = (text: string, order: "le" | "be", mark: boolean) => {
  const bytes = Buffer.from(mark ? `\uFEFF${text}` : text, "utf16le")
  return order === "le" ? bytes : bytes.swap16()
}

describe("environment of the process", () => {
  it("G44 the leak check refuses a known secret anywhere in a variable, and never shows it", () => {
    const inBasic = Buffer.from(`user:${secret}`).toString("base64")
    for (const value of [secret, `Bearer ${secret}`, `redis://:${secret}@redis`, `Basic ${inBasic}`]) {
      const leak = ofEnvironment({ HARMLESS: value })
      assert.strictEqual(leak?.state, "failed")
      assert.include(leak?.problem, "HARMLESS")
      assert.notInclude(JSON.stringify(leak), secret)
    }
  })

  it("G44 the leak check warns of a secret's name alone, and not of platform names and files", () => {
    const named = ofEnvironment({ META_APP_SECRET: "x", DB_PASSWORD: "y" })
    assert.strictEqual(named?.state, "ok")
    assert.match(named?.problem ?? "", /META_APP_SECRET, DB_PASSWORD/)
    const quiet = {
      AWS_WEB_IDENTITY_TOKEN_FILE: "/run/x",
      REDIS_PASSWORD_FILE: "/run/y",
      npm_config_token: "z",
      PATH: "/"
    }
    assert.isUndefined(ofEnvironment(quiet)?.problem)
  })

  it("G44 the leak check ignores a secret too short to distinguish from other words", () => {
    assert.strictEqual(ofEnvironment({ A: "a short text" })?.state, "ok")
    assert.strictEqual(dotEnv("A=a short text")?.state, "ok")
  })
})

describe("file of variables", () => {
  const forms: Readonly<Record<string, string | Uint8Array>> = {
    "an assignment": `A=${secret}`,
    "an export": `export A="${secret}"`,
    "single quotes": `# x\n  A = '${secret}'`,
    "a comment": `# was ${secret} until Monday`,
    "another syntax": `A: ${secret}`,
    "no syntax at all": secret,
    "a url": `URL=redis://:${secret}@redis`,
    "escapes of a shell": `A=s3cret\\-of\\-the\\-app\\-4711`,
    "quotes in its middle": `A=s3cret"-of-the"'-app-4711'`,
    "percent signs": `A=s3cret%2Dof%2Dthe%2Dapp%2D4711`,
    "escapes of JSON": `{"A": "s3cret\\u002dof-the-app-4711"}`,
    "a folded line": `A=s3cret-of-\\\n  the-app-4711`,
    base64: `A=${Buffer.from(secret).toString("base64")}`,
    "base64 of more than itself": `A=${Buffer.from(`x:${secret}:y`).toString("base64url")}`,
    hexadecimal: `A=${Buffer.from(secret).toString("hex").toUpperCase()}`,
    "UTF-16, least byte first": utf16(`A=${secret}`, "le", false),
    "UTF-16, least byte first, marked": utf16(`A=${secret}`, "le", true),
    "UTF-16, most byte first": utf16(`A=${secret}`, "be", false),
    "UTF-16, most byte first, marked": utf16(`A=${secret}`, "be", true),
    "bytes that are no text": Buffer.concat([Buffer.from([0xff, 0, 0xc3]), Buffer.from(secret), Buffer.from([0x80])])
  }

  it.each(Object.entries(forms))("G44 the leak check refuses a file with a known secret in %s", (_, content) => {
    const leak = dotEnv(content)
    assert.strictEqual(leak?.state, "failed")
    assert.include(leak?.problem, ".env")
    assert.notInclude(JSON.stringify(leak), secret)
  })

  it("G44 the leak check refuses a non-ASCII secret in UTF-16, and the key of a signing secret alone", () => {
    assert.strictEqual(dotEnv(utf16("A=geheimnis-größe-1", "be", true), ["geheimnis-größe-1"])?.state, "failed")
    assert.strictEqual(dotEnv("A=MfKQ9r8GKYqrTwjU", ["whsec_MfKQ9r8GKYqrTwjU"])?.state, "failed")
  })

  it("G44 the leak check refuses a file too large to search, and passes one without secrets", () => {
    const [, large] = leakChecks(variables({}), [{ name: ".env.local", unread: "too_large" }], [secret])
    assert.strictEqual(large?.state, "failed")
    assert.include(large?.problem, ".env.local")
    const [, unreadable] = leakChecks(variables({}), [{ name: ".env", unread: "not_readable" }], [secret])
    assert.strictEqual(unreadable?.state, "ok")
    assert.strictEqual(dotEnv("A=b\n# nothing of ours: s3cret-of-the-app-4712")?.state, "ok")
    assert.match(dotEnv("DB_PASSWORD=x")?.problem ?? "", /DB_PASSWORD/)
  })
})

const started = (given: {
  readonly variables?: Readonly<Record<string, string>>
  readonly nodeArguments?: ReadonlyArray<string>
  readonly libraries?: ReadonlyArray<string>
  readonly isInspected?: boolean
  readonly preloadsLibraries?: boolean
}) => ({
  variables: variables(given.variables ?? {}),
  nodeArguments: given.nodeArguments ?? [],
  libraries: given.libraries ?? [],
  isInspected: given.isInspected ?? false,
  preloadsLibraries: given.preloadsLibraries ?? false
})

describe("process", () => {
  it("G40 the process check refuses variables and options that load or trust foreign code", () => {
    const names = [
      "NODE_OPTIONS",
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "NODE_PATH",
      "NODE_COMPILE_CACHE",
      "NODE_OF_TOMORROW"
    ]
    const ofLibraries = [
      "LD_PRELOAD",
      "LD_LIBRARY_PATH",
      "LD_AUDIT",
      "OPENSSL_CONF",
      "OPENSSL_MODULES",
      "SSL_CERT_FILE"
    ]
    for (const name of [...names, ...ofLibraries, "NODE_EXTRA_CA_CERTS", "WATCH_REPORT_DEPENDENCIES"]) {
      const check = processCheck(started({ variables: { [name]: "/tmp/x" } }), true)
      assert.strictEqual(check.state, "failed", name)
      assert.include(check.problem, name)
      assert.notInclude(JSON.stringify(check), "/tmp")
    }
    for (const option of ["--require=/tmp/x", "-r", "--import=x", "--loader=x", "--use-openssl-ca", "--inspect=0"]) {
      assert.strictEqual(processCheck(started({ nodeArguments: [option] }), false).state, "failed", option)
    }
    assert.strictEqual(processCheck(started({ isInspected: true }), false).state, "failed")
    assert.strictEqual(processCheck(started({ preloadsLibraries: true }), false).state, "failed")
  })

  it("G40 the process check refuses a native library that Node does not need, by its name", () => {
    const ofNode = [
      "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30",
      "/lib64/ld-linux-x86-64.so.2",
      "/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1",
      "/lib/x86_64-linux-gnu/libc-2.31.so",
      ...["dl.so.2", "m.so.6", "gcc_s.so.1", "pthread.so.0", "c.so.6", "atomic.so.1.2.0"].map(
        (name) => `/lib/lib${name}`
      )
    ]
    assert.strictEqual(processCheck(started({ libraries: ofNode }), true).state, "ok")
    for (const name of ["agent.so", "libc.so.6.evil.so", "provider.so", "libcrypto.so.3"]) {
      const check = processCheck(started({ libraries: [...ofNode, `/opt/somewhere/${name}`] }), false)
      assert.strictEqual(check.state, "failed", name)
      assert.include(check.problem, `the native library ${name}`)
      assert.notInclude(check.problem, "somewhere")
      assert.include(check.remedy, "/etc/ssl/openssl.cnf")
    }
  })

  it("G40 the process check accepts more trust without a real provider, and always accepts harmless options", () => {
    const more = { NODE_EXTRA_CA_CERTS: "/tmp/ca.pem", NODE_OPTIONS: "", OPENSSL_CONF: "" }
    assert.strictEqual(processCheck(started({ variables: more }), false).state, "ok")
    assert.strictEqual(processCheck(started({ nodeArguments: ["--max-old-space-size=512"] }), true).state, "ok")
  })
})
