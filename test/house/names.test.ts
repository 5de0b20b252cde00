import { assert, describe, it } from "@effect/vitest"
import { sourcesIn } from "./imports.ts"

/** Files that make a configured name of a text: from the file, from the store, or by looking it up; answers describe theirs. */
const makers: ReadonlySet<string> = new Set([
  "src/config/schema.ts",
  "src/connector/channel-of.ts",
  "src/domain/ids.ts",
  "src/domain/intent.ts",
  "src/http/api/accounts/contract.ts",
  "src/http/api/connectors/contract.ts",
  "src/http/api/events/schemas.ts",
  "src/inbound/event-log/quarantine-codec.ts",
  "src/inbound/event-log/event-codec.ts",
  "src/inbound/replies/reply-codec.ts",
  "src/outbound/send/intent-result.ts",
  "src/outbound/intent/known-names.ts",
  "layers/redis/intent-ledger/codec.ts"
])

const imported = /import\s+(type\s+)?\{([^}]*)\}\s+from\s+"[^"]*domain\/ids\.ts"/g
const names = /(?<!type\s)\b(?:AccountId|ConnectorId|CapabilityId|ProviderAccountId)\b/

const makes = (text: string) =>
  [...text.matchAll(imported)].some(([, typeOnly, list = ""]) => typeOnly === undefined && names.test(list))

describe("I7 names that are logged and stored in the open", () => {
  it("are made of text by these files alone, so that no text from outside passes for a configured name", () => {
    const found = sourcesIn("src", "layers", "plugins").filter(({ text }) => makes(text))
    assert.deepStrictEqual(
      found.map(({ path }) => path).filter((path) => !makers.has(path)),
      []
    )
    assert.isAbove(found.length, 5)
    assert.isTrue(makes('import { type EventId, AccountId } from "../domain/ids.ts"'))
    assert.isFalse(makes('import { isEventId, type AccountId } from "../domain/ids.ts"'))
  })
})
