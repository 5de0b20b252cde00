import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { looksSecret, shownName, shownText } from "../../src/domain/shown.ts"

const hashes = Array.from({ length: 60 }, (_, seed) => createHash("sha256").update(String(seed)).digest())

const secretsOf = (bytes: Buffer): ReadonlyArray<string> => [
  bytes.toString("hex").slice(0, 32),
  bytes.toString("hex"),
  bytes.toString("base64"),
  bytes.toString("base64url"),
  bytes.subarray(0, 24).toString("base64"),
  `whsec_${bytes.toString("base64")}`,
  `EAAG${bytes.toString("base64").replace(/[^A-Za-z0-9]/g, "")}`,
  `cmp_${bytes.toString("hex").slice(0, 32)}`
]

const names = [
  "meta/app-secret",
  "whatsapp/support",
  "api/crm",
  "store/sealing-key",
  "support-2024",
  "WhatsAppSupport2024",
  "106540352242922",
  "507f1f77bcf86cd799439011",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
  "projects/acme-prod/secrets/whatsapp-access-token-eu",
  "prod/meta/AppSecret-AbCdEf",
  "interactive_contact_request",
  "master.my-redis.abc123.use1.cache.amazonaws.com:6379",
  "comporta-7d9f8b6c5d-x2x4k"
]

describe("printed names", () => {
  it("I7 a name that may be a secret is shortened to its beginning", () => {
    for (const secret of hashes.flatMap(secretsOf)) {
      const shown = shownName(secret)
      assert.isBelow(shown.length, 60, secret)
      const parts = Array.from({ length: secret.length - 9 }, (_, at) => secret.slice(at, at + 10))
      assert.isFalse(parts.some((part) => shown.includes(part)))
    }
  })

  it("an ordinary name is printed unchanged", () => {
    for (const name of names) assert.strictEqual(shownName(name), name)
  })

  it("I7 a printed text keeps everything beside a secret", () => {
    const secret = "0123456789abcdef0123456789abcdef"
    assert.strictEqual(shownName(`meta/${secret}`), "meta/012… (32 characters)")
    const text = `comporta.yaml:3:5 connectors.whatsapp.accounts.${secret}.secrets: unknown key`
    assert.strictEqual(shownText(text), text.replace(secret, "012… (32 characters)"))
    const path = `put the secret into /run/secrets/${secret}, readable by this process`
    assert.strictEqual(shownText(path), path.replace(secret, "012… (32 characters)"))
    assert.strictEqual(shownText(shownText(path)), shownText(path))
  })

  it("I7 a random secret is recognised in all but one of a thousand cases", () => {
    const many = Array.from({ length: 2_000 }, (_, seed) => createHash("sha256").update(`many ${seed}`).digest())
    const all = many.flatMap(secretsOf)
    assert.isBelow(all.filter((one) => !looksSecret(one)).length, all.length / 1_000)
  })
})
