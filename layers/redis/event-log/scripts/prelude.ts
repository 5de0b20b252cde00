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

/**
 * Defines `newIds(log, top)`, which returns the milliseconds of the next ids of a log, and a function that returns a
 * new id at each call.
 *
 * `top` is the last id that was used, or false when none is noted. A script chooses an id before it writes the entry,
 * because it writes nothing before it knows everything (G46). Ids never decrease, even when the store's clock does.
 * Needs `now`.
 */
export const newIds = `
local function newIds(log, top)
  local time, step = now, 0
  local function above(id)
    local itsTime, itsStep = string.match(id, '^(%d+)-(%d+)$')
    itsTime, itsStep = tonumber(itsTime), tonumber(itsStep)
    if itsTime > time or (itsTime == time and itsStep >= step) then time, step = itsTime, itsStep + 1 end
  end
  local function id() return string.format('%.0f-%.0f', time, step) end
  if top then
    above(top)
  elseif redis.call('EXISTS', log) == 1 then
    local facts = redis.call('XINFO', 'STREAM', log)
    for i = 1, #facts, 2 do
      if facts[i] == 'last-generated-id' then above(facts[i + 1]) end
    end
  end
  if redis.call('XRANGE', log, id(), '+', 'COUNT', 1)[1] then above(redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1][1]) end
  local before = string.format('%.0f-', time)
  step = step - 1
  return time, function()
    step = step + 1
    return before .. step
  end
end
`

/** Defines `before(a, b)`, which returns true when the id `a` of a log is lower than the id `b`. */
export const beforeLua = `
local function before(a, b)
  local aTime, aStep = string.match(a, '(%d+)-(%d+)')
  local bTime, bStep = string.match(b, '(%d+)-(%d+)')
  if aTime ~= bTime then return tonumber(aTime) < tonumber(bTime) end
  return tonumber(aStep) < tonumber(bStep)
end
`

/**
 * Defines `letGo(id, position, other, late, swept)`, which adds to `late` an event that no consumer waits for and that
 * the sweep has passed already. Its retention begins then.
 *
 * `other` and `late` are two keys; `swept` is the last id that the sweep has passed. Needs `now` and `whole`.
 */
export const letGoLua = `${beforeLua}
local function letGo(id, position, other, late, swept)
  if swept and not before(swept, id) and redis.call('ZCOUNT', other, position, position) == 0 then
    write('ZADD', late, whole(now), id)
  end
end
`
