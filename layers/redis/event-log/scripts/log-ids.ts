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
