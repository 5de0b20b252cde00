import { assert } from "@effect/vitest"
import type { Decode, DecodedEvent, DecodedItem } from "../../src/connector/inbound.ts"
import type { PersonalPart } from "../../src/domain/event.ts"
import type { Json } from "../../src/domain/json.ts"
import { Personal } from "../../src/domain/personal.ts"

/** An event with its personal part laid open, for comparing. */
export type Opened = Omit<DecodedEvent, "personal"> & { readonly personal: PersonalPart }

export const openedItem = (item: DecodedItem | undefined): Opened => {
  if (item?._tag === "Event") return { ...item, personal: Personal.open(item.personal) }
  return assert.fail(`expected an event, got ${item?._tag === "Undecodable" ? item.reason : "nothing"}`)
}

/** How a connector's webhooks are looked at. */
export const readerOf = (decode: Decode) => ({
  /** Every item of a webhook, all of which must be events. */
  opened: (body: Json): ReadonlyArray<Opened> => decode(body).map(openedItem),
  /** The one event of a webhook. */
  only: (body: Json): Opened => {
    const items = decode(body)
    assert.lengthOf(items, 1)
    return openedItem(items[0])
  },
  /** What each item came to, or why it could not be understood. */
  reasons: (body: Json): ReadonlyArray<string> =>
    decode(body).map((item) => (item._tag === "Undecodable" ? item.reason : item.type))
})
