import type { Json, JsonObject } from "../../../src/domain/json.ts"

export const account = "17840000000000001"
export const person = "900000000000001"
export const at = 1_780_000_000_123

const entryOf = (members: JsonObject, id = account): Json => ({
  object: "instagram",
  entry: [{ id, time: at + 500, ...members }]
})

/** A webhook with items of `messaging[]`. */
export const withMessaging = (...items: ReadonlyArray<Json>): Json => entryOf({ messaging: items })

export const withEntry = entryOf

/** What a person does; `more` says what. */
export const fromPerson = (more: JsonObject): JsonObject => ({
  sender: { id: person },
  recipient: { id: account },
  timestamp: at,
  ...more
})

/** What the account itself did, as the provider tells it. */
export const fromAccount = (more: JsonObject): JsonObject => ({
  sender: { id: account },
  recipient: { id: person },
  timestamp: at,
  ...more
})

export const message = (more: JsonObject): JsonObject => fromPerson({ message: { mid: "m_1", ...more } })

export const comment = {
  id: "18000000000000001",
  from: { id: "800000000000001", username: "ada" },
  text: "olá",
  media: { id: "17900000000000001", media_product_type: "FEED" }
}

export const withChange = (field: string, value: Json): Json =>
  entryOf({ time: 1_780_000_000, changes: [{ field, value }] })
