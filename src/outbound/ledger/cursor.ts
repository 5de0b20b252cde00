/** End of a page: the time that orders the list, in milliseconds of the store's clock, and the last intent. */
export interface Cursor {
  readonly at: number
  readonly intentId: string
}

/** Returns a cursor as text: `<at>.<intentId>`. */
export const cursorOf = ({ at, intentId }: Cursor): string => `${at}.${intentId}`

/** Parses a cursor. Returns `undefined` when the text is none. */
export const positionOf = (cursor: string): Cursor | undefined => {
  const [, at, intentId] = /^(\d{1,15})\.(int_[0-9a-f]{32})$/.exec(cursor) ?? []
  return at === undefined || intentId === undefined ? undefined : { at: Number(at), intentId }
}

/** Compares two intents for the order of `list`: newest first. */
export const newestFirst = (a: Cursor, b: Cursor): number => {
  if (a.at !== b.at) return b.at - a.at
  if (a.intentId === b.intentId) return 0
  return a.intentId < b.intentId ? 1 : -1
}
