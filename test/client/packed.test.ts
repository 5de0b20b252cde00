import { execFileSync, spawn, spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { env } from "node:process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { afterAll, beforeAll } from "vitest"
import { bodyOf, headersOf, secretOf } from "./signed.ts"

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..")
const guide = readFileSync(join(root, "docs/guide/write-a-runtime.md"), "utf8")

/** The code blocks of the guide in one language. */
const blocks = (language: string) =>
  Array.from(guide.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs")), ([, code = ""]) => code)

const folder = mkdtempSync(join(tmpdir(), "comporta-client-"))
const app = join(folder, "app")
const npm = env["npm_execpath"] ?? "npm"
const runNpm = (args: ReadonlyArray<string>, cwd: string) =>
  npm.endsWith(".js")
    ? execFileSync(process.execPath, [npm, ...args], { cwd, encoding: "utf8" })
    : execFileSync(npm, args, { cwd, encoding: "utf8" })

beforeAll(() => {
  const source = join(folder, "source")
  mkdirSync(join(app, "node_modules/comporta"), { recursive: true })
  mkdirSync(source)
  cpSync(join(root, "package.json"), join(source, "package.json"))
  const args = ["scripts/build.ts", "src/main.ts", join(source, "dist")]
  const built = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" })
  assert.strictEqual(built.status, 0, built.stderr)
  const [packed = ""] = runNpm(["pack", "--ignore-scripts", "--silent"], source).trim().split("\n").slice(-1)
  execFileSync("tar", ["-xzf", join(source, packed), "--strip-components=1", "-C", join(app, "node_modules/comporta")])
  writeFileSync(join(app, "package.json"), '{"type":"module"}')
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (file: string) =>
  spawnSync(process.execPath, [file], { cwd: app, env: { PATH: "/usr/bin:/bin" }, encoding: "utf8" })

/** Packages whose files the source maps of the program name. */
const bundledPackages = (at: string): ReadonlyArray<string> => {
  const maps = readdirSync(at, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".map"))
  const sources = maps.flatMap(
    (file): ReadonlyArray<string> => JSON.parse(readFileSync(join(at, file), "utf8")).sources
  )
  const names = sources.flatMap((path) => [...path.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)].at(-1)?.[1] ?? [])
  return [...new Set(names)]
}

describe("packed package", () => {
  it("the package ships the license of every bundled package", () => {
    const dist = join(app, "node_modules/comporta/dist")
    const notices = readFileSync(join(dist, "THIRD-PARTY-NOTICES.txt"), "utf8")
    const named = Array.from(
      notices.matchAll(/^-{80}\n(\S+) (\d\S*) \((\S+)\)\n-{80}\n\n([^]*?)(?=^-{80}\n|(?![^]))/gm)
    )
    const names = named.map(([, name = ""]) => name)
    const bundled = bundledPackages(dist)
    assert.isAbove(bundled.length, 30)
    assert.includeMembers(names, [...bundled, "preact"])
    for (const [, name, , license, text = ""] of named) {
      assert.match(license ?? "", /^[A-Za-z]/, name)
      assert.match(text, /licen[cs]e|permission/i, name)
    }
  })

  it("the package can be imported by plain JavaScript without other packages", () => {
    const code = 'import * as client from "comporta/client"\nconsole.log(Object.keys(client).sort().join())\n'
    writeFileSync(join(app, "plain.js"), code)
    const { stdout, stderr } = node("plain.js")
    assert.strictEqual(stdout, "fetchHandler,isText,memoryMarks,nodeHandler,receiver,verifier\n", stderr)
  })

  it("the package has types that a strict project accepts, as does the guide's code", () => {
    const [receiver = "", marks = ""] = blocks("ts")
    const declared =
      "declare const sql: (text: TemplateStringsArray, ...values: ReadonlyArray<string>) => Promise<ReadonlyArray<{ answer: string }>>\n"
    writeFileSync(join(app, "receiver.ts"), receiver)
    writeFileSync(join(app, "marks.ts"), `${marks}${declared}export { marks }\n`)
    const flags = "--noEmit --strict --skipLibCheck --module nodenext --target es2024 --lib es2024 --types node"
    const args = [...flags.split(" "), "--typeRoots", join(root, "node_modules/@types"), "receiver.ts", "marks.ts"]
    const { status, stdout } = spawnSync(join(root, "node_modules/.bin/tsc"), args, { cwd: app, encoding: "utf8" })
    assert.strictEqual(status, 0, stdout)
  })

  it("the guide's receiver runs, and answers an event the same each time", async () => {
    const [receiver = ""] = blocks("ts")
    const listeningReceiver = receiver.replace(
      ".listen(",
      '.on("listening", function () { console.log(this.address().port) }).listen('
    )
    writeFileSync(join(app, "listening.ts"), listeningReceiver)
    const given = { RUNTIME_SECRET: secretOf(1), PORT: "0", PATH: "/usr/bin:/bin" }
    const child = spawn(process.execPath, ["listening.ts"], { cwd: app, env: given })
    const port = await new Promise<string>((go) => child.stdout.once("data", (data: Buffer) => go(String(data).trim())))
    // @effect-diagnostics globalDate:off globalFetch:off
    const post = async (text: string, signed = text) => {
      const headers = headersOf(signed, Date.now())
      const response = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: text, headers })
      return [response.status, await response.text()] as const
    }
    const [status, answer] = await post(bodyOf("hello"))
    assert.strictEqual(status, 200)
    const intent = { key: "echo", account: "support", capability: "text", to: "+15550001111", input: { body: "hello" } }
    assert.deepStrictEqual(JSON.parse(answer), { intents: [intent] })
    assert.deepStrictEqual(await post(bodyOf("another text")), [200, answer])
    assert.strictEqual((await post(bodyOf("forged"), bodyOf("hello")))[0], 401)
    child.kill()
  })
})

describe("the guide's receiver in Python", () => {
  it("the Python receiver handles an event once, answers it the same, and rejects an unsigned one", () => {
    const [receiver = ""] = blocks("python")
    const harness = `
import sys
handled = []
def handle(event):
    handled.append(event["type"])
    return {"intents": [], "said": event["data"]["content"]["text"]["body"]}
for line in sys.stdin:
    case = json.loads(line)
    print(json.dumps(receive(case["headers"], case["body"].encode(), handle)))
print(len(handled))
`
    writeFileSync(join(app, "receiver.py"), receiver + harness)
    // @effect-diagnostics-next-line globalDate:off
    const now = Date.now()
    const [first, other] = [bodyOf("olá"), bodyOf("another")]
    const cases = [
      { headers: headersOf(first, now), body: first },
      { headers: headersOf(other, now), body: other },
      { headers: headersOf(first, now), body: other },
      { headers: headersOf(first, now - 301_000), body: first },
      { headers: {}, body: first }
    ]
    const ran = spawnSync("python3", ["receiver.py"], {
      cwd: app,
      input: cases.map((one) => `${JSON.stringify(one)}\n`).join(""),
      env: { RUNTIME_SECRET: secretOf(1), PATH: "/usr/local/bin:/usr/bin:/bin" },
      encoding: "utf8"
    })
    const [one, two, three, four, five, handled] = ran.stdout.trim().split("\n")
    const [status, answer] = JSON.parse(one ?? ran.stderr)
    assert.deepStrictEqual([status, JSON.parse(answer)], [200, { intents: [], said: "olá" }])
    assert.strictEqual(two, one)
    assert.deepStrictEqual(
      [three, four, five].map((line) => JSON.parse(line ?? "")),
      Array.from({ length: 3 }, () => [401, ""])
    )
    assert.strictEqual(handled, "1")
  })
})
