import type { DecodedItem } from "../../../src/connector/inbound.ts"
import { Personal } from "../../../src/domain/personal.ts"
import type { Contacts } from "./contact.ts"

/** Puts the contacts that are of none of the items of a change on the first of its events. */
export const withLeft = (items: ReadonlyArray<DecodedItem>, { left }: Contacts): ReadonlyArray<DecodedItem> => {
  const contacts = left()
  if (contacts.length === 0) return items
  const first = items.findIndex(({ _tag }) => _tag === "Event")
  return items.map((item, at) =>
    at === first && item._tag === "Event"
      ? { ...item, personal: Personal.of({ ...Personal.open(item.personal), contacts }) }
      : item
  )
}
