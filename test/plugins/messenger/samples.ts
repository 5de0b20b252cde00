import type { RawConnector } from "../../../src/connector/definition.ts"
import type { Json, JsonObject } from "../../../src/domain/json.ts"
import { messenger } from "../../../plugins/messenger/index.ts"
import { bound } from "../bound.ts"

export const page = "400000000000001"
export const person = "700000000000001"
export const at = 1_780_000_000_123

export const withEntry = (members: JsonObject, id = page): Json => ({
  object: "page",
  entry: [{ id, time: at + 500, ...members }]
})

export const withMessaging = (...items: ReadonlyArray<Json>): Json => withEntry({ messaging: items })

export const fromPerson = (more: JsonObject): JsonObject => ({
  sender: { id: person },
  recipient: { id: page },
  timestamp: at,
  ...more
})

export const fromPage = (message: JsonObject): JsonObject => ({
  sender: { id: page },
  recipient: { id: person },
  timestamp: at,
  message: { mid: "m_1", is_echo: true, app_id: 300_000_000_000_003, ...message }
})

export const raw: RawConnector = {
  secrets: { appSecret: "meta/app-secret", verifyToken: "meta/verify-token" },
  settings: { graph: { version: "v25.0" } },
  accounts: { shop: { secrets: { accessToken: "messenger/shop" }, settings: { pageId: page } } },
  capabilities: messenger.capabilities.map(({ id }) => id)
}

export const channel = bound(messenger, raw)
