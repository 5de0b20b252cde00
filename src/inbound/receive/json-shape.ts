/** What a JSON text is made of, as its bytes tell before it is parsed. */
export interface Shape {
  readonly isTooDeep: boolean
  /** Values in it, at most: lists, objects, and what stands between commas. */
  readonly values: number
  /** Elements of its lists, as far down as a connector may find events. */
  readonly elements: number
  /** Elements of the level that has most of them: where its events are. */
  readonly fullest: number
}

/** Levels of nesting that JSON from outside may have; real webhooks have about ten. */
export const maxDepth = 128

/** Levels at which a list may be one of events. A webhook of WhatsApp has them at the seventh (META 2). */
const eventLevels = 8

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c

/** Reads the bytes once; brackets and commas within texts do not count. */
export const shapeOf = (body: Uint8Array): Shape => {
  const isList = new Uint8Array(maxDepth + 1)
  const levels = new Uint32Array(eventLevels + 1)
  let depth = 0
  let values = 0
  let inside = false
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (inside) {
      if (byte === backslash) index++
      else if (byte === quote) inside = false
    } else if (byte === quote) inside = true
    else if (byte === comma) {
      values++
      if (depth <= eventLevels && isList[depth] === 1) levels[depth] = (levels[depth] ?? 0) + 1
    } else if (byte === 0x5b || byte === 0x7b) {
      depth++
      values++
      if (depth > maxDepth) return { isTooDeep: true, values, elements: 0, fullest: 0 }
      isList[depth] = byte === 0x5b ? 1 : 0
      if (depth <= eventLevels && byte === 0x5b) levels[depth] = (levels[depth] ?? 0) + 1
    } else if ((byte === 0x5d || byte === 0x7d) && depth > 0) depth--
  }
  return { isTooDeep: false, values, elements: levels.reduce((sum, one) => sum + one, 0), fullest: Math.max(...levels) }
}
