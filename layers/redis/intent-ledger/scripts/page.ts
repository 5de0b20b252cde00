/**
 * Defines `page(found, list, first, last, many, lastScore, lastId, reversed)`, which appends at least `many` entries of a
 * sorted set to `found`, when it has so many: ids and scores in turn, after the entry at which the previous page ended. It
 * continues after a score and id, not after a rank, so an entry that leaves meanwhile hides none.
 */
export const pageLua = `
local function page(found, list, first, last, many, lastScore, lastId, reversed)
  local function isLater(id)
    if reversed then return id < lastId end
    return id > lastId
  end
  local skip, taken, some = 0, 0, nil
  repeat
    if reversed then
      some = redis.call('ZRANGE', list, first, last, 'BYSCORE', 'REV', 'LIMIT', skip, many, 'WITHSCORES')
    else
      some = redis.call('ZRANGE', list, first, last, 'BYSCORE', 'LIMIT', skip, many, 'WITHSCORES')
    end
    for i = 1, #some, 2 do
      if some[i + 1] ~= lastScore or isLater(some[i]) then
        taken = taken + 1
        found[#found + 1] = some[i]
        found[#found + 1] = some[i + 1]
      end
    end
    skip = skip + many
  until taken >= many or #some < 2 * many
  return found
end
`
