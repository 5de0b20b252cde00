/**
 * A place in the runtime's todo: an id of the log and, behind a colon, what an operator asked: `r2` for a second replay, `x`
 * for a redrive. The log's entry says the same in its field `s`.
 */
export const placesLua = `
local function idOf(place) return string.match(place, '^[%d-]+') end
local function askedOf(place) return string.match(place, ':.*$') or '' end
local function replayOf(place) return string.match(place, ':r(%d+)') end
`

/** The same for a reader: what stands behind the id. */
export const askedOf = (place: string): { readonly replay?: number; readonly redriven?: true } => {
  const asked = /:(?:r(\d+))?(x)?$/.exec(place)
  if (asked === null) return {}
  return {
    ...(asked[1] === undefined ? {} : { replay: Number(asked[1]) }),
    ...(asked[2] === undefined ? {} : { redriven: true })
  }
}
