import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as OpenApi from "effect/http-api/OpenApi"
import { changeFields, words as instagramWords } from "../../plugins/instagram/inbound/decode.ts"
import { instagram } from "../../plugins/instagram/index.ts"
import * as Instagram from "../../plugins/instagram/settings.ts"
import { words as messengerWords } from "../../plugins/messenger/inbound/decode.ts"
import { messenger } from "../../plugins/messenger/index.ts"
import * as Messenger from "../../plugins/messenger/settings.ts"
import { ownErrors } from "../../plugins/meta/messaging/errors.ts"
import { type Vocabulary, messageNames } from "../../plugins/meta/messaging/vocabulary.ts"
import { accountFields, messageTypes } from "../../plugins/whatsapp/inbound/names.ts"
import { errors } from "../../plugins/whatsapp/errors.ts"
import { whatsapp } from "../../plugins/whatsapp/index.ts"
import { Account, Settings } from "../../plugins/whatsapp/settings.ts"
import { File } from "../../src/config/schema.ts"
import { IntentState } from "../../src/domain/intent.ts"
import type { Pauses, Wait } from "../../src/domain/pause.ts"
import { Described } from "../../src/http/api/api.ts"
import { fieldNames } from "../../src/log/encode.ts"
import { readText } from "../config/files.ts"
import { anonymous, keysOf } from "./config-keys.ts"
import { sourcesIn } from "./imports.ts"
import { headingsOf, namedIn, page, rowsOf, sectionOf, words } from "./markdown.ts"
import { metricNames } from "../../src/metrics/registry.ts"
import { checkWords } from "../../src/log/line.ts"
import { checkNames } from "../../src/boot/check-registry.ts"

const reference = (name: string) => page(`docs/reference/${name}.md`)
const program = () => sourcesIn("src", "layers", "plugins").map(({ text }) => text)
const found = (pattern: RegExp, texts: ReadonlyArray<string>) =>
  texts.flatMap((text) => Array.from(text.matchAll(pattern), ([, word = ""]) => word))

/** The same words on both sides, whatever their order and how often. */
const agree = (written: Iterable<string>, real: Iterable<string>) =>
  assert.deepStrictEqual([...new Set(written)].toSorted(), [...new Set(real)].toSorted())

const missing = (wanted: Iterable<string>, written: Iterable<string>) => {
  const there = new Set(written)
  return [...wanted].filter((word) => !there.has(word))
}

const storeUrl = "redis://127.0.0.1:6379"

const seconds = ({ first, factor, most }: Wait) => (factor === 1 ? `${first} s` : `${first} s × ${factor} to ${most} s`)

const pausesOf = (pauses: Pauses) => {
  if (pauses === "nothing") return ""
  if (pauses.of === "recipient") return `recipient ${seconds(pauses.wait)}`
  return pauses.why === "throttled" ? `account ${seconds(pauses.wait)}` : `account: ${pauses.why}`
}

const pushing = (more = "") => `runtime: { push: { url: "https://app.internal", secret: runtime/signing${more} } }`

/** A file that says one thing; `store.retention.dedupe` and `8 days`, for example. */
const withKey = (path: string, value: string) => {
  const [top = "", ...rest] = path.split(".")
  const inner = rest.reduceRight((inside, name) => `{ ${name}: ${inside} }`, value)
  const store = `store: { url: "${storeUrl}"`
  if (top === "runtime") return `environment: local\n${store} }\n${pushing(`, ${rest.at(-1)}: ${value}`)}`
  return top === "store"
    ? `environment: local\n${store}, ${inner.slice(2)}`
    : `environment: local\n${store} }\n${top}: ${inner}`
}

describe("reference", () => {
  it("configuration.md has every key of the file, and no other", () => {
    const tables = rowsOf(reference("configuration")).map(([first = ""]) => first)
    const written = tables
      .flatMap(words)
      .filter((word) => /^[a-z]/.test(word))
      .map(anonymous)
    const { all, leaves } = keysOf(File)
    assert.isAbove(leaves.size, 40)
    // The one key that must be empty.
    assert.deepStrictEqual(missing(leaves, [...written, "runtime.pull.<>"]), [])
    assert.deepStrictEqual(missing(written, all), [])
  })

  it.effect("configuration.md has the defaults that a file without the key gets", () =>
    Effect.gen(function* () {
      const documented = rowsOf(reference("configuration")).flatMap(([key = "", , cell = ""]) => {
        const [path] = words(key)
        const [value] = words(cell)
        return path === undefined || value === undefined || /[[<]|^(environment|secrets)/.test(path)
          ? []
          : [{ path, value }]
      })
      assert.isAbove(documented.length, 8)
      const without = (more: string) => readText(`environment: local\nstore: { url: "${storeUrl}" }\n${more}`)
      for (const { path, value } of documented) {
        const written = yield* readText(withKey(path, value))
        const { config } = yield* without(path.startsWith("runtime.") ? pushing() : "")
        assert.deepStrictEqual(written.config, config, path)
      }
    })
  )

  it.each([
    ["WhatsApp", whatsapp, Settings, Account],
    ["Instagram", instagram, Instagram.Settings, Instagram.Account],
    ["Messenger", messenger, Messenger.Settings, Messenger.Account]
  ] as const)("the README of %s has each of its settings, secrets and capabilities", (_, connector, top, account) => {
    const readme = page(`plugins/${connector.id}/README.md`)
    const settings = [
      ...keysOf(top, `connectors.${connector.id}`).leaves,
      ...keysOf(account, `connectors.${connector.id}.accounts.<>`).leaves
    ]
    agree(namedIn(sectionOf(readme, "## Settings")).map(anonymous), settings)
    agree(
      rowsOf(sectionOf(readme, "## Capabilities"))
        .filter((row) => row.length === 6)
        .map(([id, , ...rest]) => [id, ...rest].join(" ")),
      connector.capabilities.map(({ id, recipient, protection, proof = "none", acknowledged = "undeclared" }) =>
        [id, recipient, protection, proof, acknowledged].map((word) => `\`${word}\``).join(" ")
      )
    )
    const bare = { secrets: {}, settings: {}, accounts: { a: { secrets: {}, settings: {} } }, capabilities: [] }
    const missingSecrets = Result.match(connector.configure(bare), {
      onFailure: (issues) => issues,
      onSuccess: () => []
    })
    agree(
      namedIn(sectionOf(readme, "## Secrets")),
      missingSecrets.flatMap(({ path }) => (path.at(-2) === "secrets" ? path.slice(-1) : []))
    )
  })

  it("http-api.md has every route with all of its statuses, and no other route", () => {
    const api = reference("http-api")
    const described = Object.entries(OpenApi.fromApi(Described).paths).flatMap(([path, methods]) =>
      (["get", "post", "put", "delete"] as const).flatMap((method) => {
        const statuses = Object.keys(methods[method]?.responses ?? {})
        return statuses.length === 0 ? [] : [{ route: `${method.toUpperCase()} ${path}`, statuses }]
      })
    )
    const written = headingsOf(api).flatMap((heading) => found(/^### ((?:GET|POST|PUT|DELETE) .*)$/g, [heading]))
    agree(written, [...described.map(({ route }) => route), "GET /openapi.json", "GET /docs"])
    agree(
      namedIn(api).filter((word) => word.includes(" /")),
      written
    )
    for (const { route, statuses } of described) {
      const { text } = sectionOf(api, `### ${route}`)
      for (const status of statuses) assert.match(text, new RegExp(`\\b${status}\\b`), `${route} ${status}`)
    }
    agree(namedIn(sectionOf(api, "### States")), IntentState.literals)
  })

  it("log.md has every event and every field of a line", () => {
    const log = reference("log")
    const line = sourcesIn("src/log").filter(({ path }) => path.endsWith("/line.ts"))
    const events = found(
      /^ {2}\| "([a-z_.]+)"$/gm,
      line.map(({ text }) => text)
    )
    assert.isAbove(events.length, 20)
    agree(namedIn(sectionOf(log, "## Events")), events)
    assert.deepStrictEqual(namedIn(sectionOf(log, "## Fields")), fieldNames)
    const mentioned = rowsOf(sectionOf(log, "## Events")).flatMap(([, , , fields = ""]) => words(fields))
    const known = [...fieldNames, "state", "unknown", "other_attempt"]
    assert.deepStrictEqual(missing(mentioned, known), [])
  })

  it("metrics.md has every metric, and no other", () => {
    agree(found(/`(comporta_[a-z_]+)/g, [reference("metrics").text]), metricNames)
  })

  it("the registry declares every metric", () => {
    const declared = sourcesIn("src", "layers", "plugins").filter(({ text }) =>
      /\bMetric\.(?:counter|gauge|histogram|frequency|summary|timer)\(/.test(text)
    )
    assert.deepStrictEqual(
      declared.map(({ path }) => path),
      ["src/metrics/registry.ts"]
    )
  })

  it("errors.md has every code of a problem and of a failure", () => {
    const codes = found(/(?:\bcode: |\bsaid\(|\bunproven\()"([a-z_]+)"/g, program())
    const network = found(
      /readonly reason: ([^\n]+)/g,
      sourcesIn("src/connector").map(({ text }) => text)
    )
    const [notSent = "", unknown = ""] = network.filter((reasons) => reasons.includes("|"))
    const wanted = [
      ...codes,
      ...found(/"([a-z_]+)"/g, [notSent]).map((reason) => `network_${reason === "network" ? "failed" : reason}`),
      ...found(/"([a-z_]+)"/g, [unknown]),
      ...["connector", "account", "capability"].map((what) => `unknown_${what}`),
      "in_doubt",
      "disputed",
      "invalid_json",
      "invalid_utf8",
      "nested_too_deeply"
    ]
    const page = reference("errors")
    const written = [...namedIn(sectionOf(page, "## Problems")), ...namedIn(sectionOf(page, "## Failure codes"))]
    agree(written, wanted)
  })

  it.each([
    ["WhatsApp", errors],
    ["Instagram and Messenger", ownErrors]
  ])("errors.md has every row of the error table of %s as it is", (name, table) => {
    const span = (code: string) => {
      const [from = "", to] = code.split(" to ")
      if (to === undefined) return [from]
      return Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => String(Number(from) + index))
    }
    const written = rowsOf(sectionOf(reference("errors"), `## Codes of ${name}`)).flatMap(([codes = "", ...row]) =>
      span(codes).map((code) => [code, ...row].join(" | "))
    )
    const real = table.map((row) =>
      [row.code, row.class, row.certainty, row.transient ? "yes" : "no", pausesOf(row.pauses), row.meaning].join(" | ")
    )
    assert.deepStrictEqual(written, real)
  })

  it.each(["## Failure codes", "## Boot checks", "## How the process is started", "## Readiness"])(
    "errors.md has one row for each name under %s",
    (heading) => {
      const text = sectionOf(reference("errors"), heading).text
      for (const table of text.split(/\n\n/)) {
        const names = rowsOf({ path: heading, text: table }).map(([name]) => name)
        assert.deepStrictEqual(names, [...new Set(names)])
      }
    }
  )

  it("errors.md has every boot check, and no other", () => {
    agree(namedIn(sectionOf(reference("errors"), "## Boot checks")), checkNames)
  })

  it("errors.md has every code of a boot check, and no other", () => {
    agree(namedIn(sectionOf(reference("errors"), "## Codes of checks")), ["auth_<code>", ...checkWords])
  })

  it("events.md has every type of message and every field of an account", () => {
    const { text } = sectionOf(reference("events"), "## Types of WhatsApp")
    assert.deepStrictEqual(missing([...messageTypes, ...accountFields], words(text)), [])
  })

  it("events.md has every name of an event of Instagram and of Messenger", () => {
    const named = ({ attachments, happenings }: Vocabulary) => [
      ...attachments,
      ...Array.from(happenings.values(), ({ name }) => name)
    ]
    const section = (name: string) => words(sectionOf(reference("events"), `## Types of ${name}`).text)
    const ofInstagram = [...section("Instagram"), "read"]
    assert.deepStrictEqual(missing([...named(instagramWords), ...messageNames, ...changeFields], ofInstagram), [])
    assert.deepStrictEqual(missing(named(messengerWords), [...section("Messenger"), ...ofInstagram]), [])
  })

  it("commands.md has every command, and no other", () => {
    const commands = found(/Command\.make\("([a-z-]+)"/g, program()).filter(
      (name) => !["comporta", "store"].includes(name)
    )
    agree(found(/^## comporta (?:store )?([a-z-]+)$/gm, [reference("commands").text]), commands)
  })
})
