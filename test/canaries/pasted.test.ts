import { assert, describe, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import { comporta, installation } from "../support/program.ts"

const bytes = (n: number) => createHash("sha256").update(`pasted ${n}`).digest()
/** As a provider or `openssl rand` gives one out, each another. */
const appSecret = (n: number) => bytes(n).toString("hex").slice(0, 32)
const accessToken = (n: number) =>
  `EAAG${bytes(n)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "")}`
const key = (n: number) => bytes(n).toString("base64url")

const head = (directory: string) => `environment: local\nsecrets: { from: files, directory: "${directory}/secrets" }\n`

const references = (directory: string) => `${head(directory)}
store: { url: "redis://127.0.0.1:9", password: ${key(1)}, sealingKey: ${key(2)}, pepper: ${key(3)} }
runtime: { push: { url: "http://127.0.0.1:9", secret: ${key(4)} } }
api: { keys: [{ id: crm, secret: ${appSecret(5)}, scopes: [send] }] }
connectors:
  whatsapp:
    secrets: { appSecret: ${appSecret(6)}, verifyToken: meta/${appSecret(7)} }
    accounts: { support: { phoneNumberId: "1", businessAccountId: "2", secrets: { accessToken: ${accessToken(8)} } } }
    capabilities: [text]
`

const names = (directory: string) => `${head(directory)}
${appSecret(1)}: 1
api: { keys: [{ id: ${appSecret(2)}, namespace: ${key(3)}, secret: api/crm, scopes: [send] }] }
connectors:
  c${appSecret(4).slice(1)}: { accounts: {}, secrets: {}, capabilities: [] }
  whatsapp:
    secrets: { ${appSecret(5)}: meta/app-secret }
    accounts:
      ${appSecret(6)}: { phoneNumberId: "1", ${appSecret(7)}: 1 }
      ${accessToken(8)}: { phoneNumberId: "2" }
    capabilities: [a${appSecret(9).slice(1)}]
`

const pasted = Array.from({ length: 10 }, (_, n) => [appSecret(n), accessToken(n), key(n)]).flat()

/** Parts of ten characters of anything that was pasted. */
const partsIn = (text: string) =>
  pasted.flatMap((secret) =>
    Array.from({ length: secret.length - 9 }, (_, at) => secret.slice(at, at + 10)).filter((part) =>
      text.includes(part)
    )
  )

describe("I7 secret in place of a name", () => {
  it.live.each([
    ["of a secret", references, "secret:"],
    ["of a key, an account, a client or a capability", names, "looks like a secret"]
  ] as const)("the program never shows a secret in place of the name %s", ([, file, expected]) =>
    Effect.gen(function* () {
      const installed = yield* installation({ file })
      for (const ended of [yield* installed.run(), yield* comporta(["check", "--json", "--config", installed.file])]) {
        assert.strictEqual(ended.code, 78)
        const said = ended.stdout + ended.stderr
        assert.include(said, expected)
        assert.include(said, "… (")
        assert.deepStrictEqual(partsIn(said), [])
      }
    })
  )
})
