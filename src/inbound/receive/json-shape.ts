/** Depth and numbers of values of a JSON text, found in its bytes before it is parsed. */
export interface Shape {
  readonly isTooDeep: boolean
  /** Upper bound of its values: lists, objects, and the parts between commas. */
  readonly values: number
  /** Elements of its lists, down to the deepest level at which a connector finds events. */
  readonly elements: number
  /** Elements of the level with the most elements: the level of its events. */
  readonly fullest: number
}

/** Levels of nesting that received JSON may have. Real webhooks have about ten. */
export const maxDepth = 128

/** Levels down to which a list may hold events. A webhook of WhatsApp has them at level 7 (META 2). */
const eventLevels = 8

const quote = 0x22
const comma = 0x2c
const backslash = 0x5c

/** Returns the shape of a body. Reads the bytes once, and ignores brackets and commas within strings. */
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
