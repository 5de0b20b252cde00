/**
 * Defines functions that decode an entry of the runtime's todo: an id of the log, and after a colon what an operator
 * requested. `r2` is a second replay, `x` a redrive. The log's entry has the same in its field `s`.
 */
export const placesLua = `
local function idOf(place) return string.match(place, '^[%d-]+') end
local function askedOf(place) return string.match(place, ':.*$') or '' end
local function replayOf(place) return string.match(place, ':r(%d+)') end
`

/** Decodes the part after the id in an entry of the runtime's todo. */
export const decodeResend = (place: string): { readonly replay?: number; readonly redriven?: true } => {
  const asked = /:(?:r(\d+))?(x)?$/.exec(place)
  if (asked === null) return {}
  return {
    ...(asked[1] === undefined ? {} : { replay: Number(asked[1]) }),
    ...(asked[2] === undefined ? {} : { redriven: true })
  }
}
