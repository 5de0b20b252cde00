/**
 * Defines `write(...)`, `add(command)` for a command in a list, `commit()` and `finish(stamp, kept)`, which make every
 * script all or nothing (G46).
 *
 * Lua does not roll back, so a script never writes directly: `write` queues a command, and `commit` performs the queue.
 *
 * - Before the first command, `commit` checks that the store's user may run each command and that each key has the
 *   type that its command needs. A script that is refused there has written nothing.
 * - If the first command fails, nothing was written. If a later one fails, the rest of the queue goes into the field
 *   `unfinished` of the partition's stamp, and the script returns the error `UNFINISHED`.
 * - The next script of that partition, of any kind but a reader, performs the rest before it reads anything. If it
 *   cannot, it returns the error `BEHIND` and does nothing.
 *
 * `give` serves an operator's command: it performs what it can of a partition's unfinished write, and drops the rest.
 *
 * A stream entry that exists already counts as written only if its fields are equal.
 *
 * `begins` is set in a script that begins something. Then `commit` also raises the count of such writes in the stamp of
 * each partition that the script has required. `begun` lists what it wrote: partition, count and history in turn (G47).
 *
 * A queued command must have the same effect when it is performed twice: it writes absolute values, never increments.
 * It returns nothing, so a script reads what it needs beforehand. `read[key] = type` skips the type check of a key that
 * the script has read with a command of that type.
 */
export const commitLua = `
local queue, read = {}, {}
local begins, counted, begun = false, {}, {}
local function add(command) queue[#queue + 1] = command end
local function write(...) add({ ... }) end
local sorts = {
  HSET = 'hash', HDEL = 'hash', HSETNX = 'hash', ZADD = 'zset', ZREM = 'zset', XADD = 'stream', XDEL = 'stream',
  XTRIM = 'stream'
}

local function isThere(command)
  local entry = command[1] == 'XADD' and redis.pcall('XRANGE', command[2], command[3], command[3])[1]
  for i = 4, entry and #command or 0 do
    if entry[2][i - 3] ~= command[i] then return false end
  end
  return entry
end
local function perform(commands)
  for i = 1, #commands do
    local reply = redis.pcall(unpack(commands[i]))
    if type(reply) == 'table' and reply.err and not isThere(commands[i]) then return i, reply end
  end
end

local function stampOf(key) return string.match(key, '^.-{p%d+}:') .. 'stamp' end

local function keep(commands, from)
  local parts = {}
  for i = from, #commands do
    local stamp = stampOf(commands[i][2])
    local part = parts[stamp] or {}
    part[#part + 1] = commands[i]
    parts[stamp] = part
  end
  for stamp, part in pairs(parts) do redis.call('HSET', stamp, 'unfinished', cmsgpack.pack(part)) end
end

local function finish(stamp, kept)
  local commands = cmsgpack.unpack(kept)
  local failed, reply = perform(commands)
  if not failed then reply = redis.pcall('HDEL', stamp, 'unfinished') end
  if type(reply) ~= 'table' or not reply.err then return end
  if failed and failed > 1 then keep(commands, failed) end
  error({ err = 'BEHIND an earlier write of this partition cannot be completed: ' .. reply.err })
end

local function give(stamp, kept)
  for _, command in ipairs(cmsgpack.unpack(kept)) do perform({ command }) end
  redis.call('HDEL', stamp, 'unfinished')
end

local function permit(name, ...)
  if not redis.acl_check_cmd(name, ...) then error({ err = 'NOPERM the user of the store may not run ' .. name }) end
end

local function count()
  begun = {}
  for stamp, known in pairs(counted) do
    known[1] = known[1] + 1
    write('HSET', stamp, 'begun', string.format('%.0f', known[1]))
    begun[#begun + 1] = tonumber(string.match(stamp, '{p(%d+)}'))
    begun[#begun + 1] = known[1]
    begun[#begun + 1] = known[2]
  end
end

local function commit()
  if #queue == 0 then return end
  count()
  local commands, allowed = queue, {}
  queue = {}
  for i = 1, #commands do
    local command = commands[i]
    local name, key = command[1], command[2]
    local sort = sorts[name]
    if not allowed[name] then
      permit(unpack(command))
      allowed[name] = true
    end
    if sort and read[key] ~= sort then
      local found = redis.call('TYPE', key).ok
      if found ~= 'none' and found ~= sort then
        error({ err = 'WRONGTYPE a key of the partition is a ' .. found .. ' and not a ' .. sort })
      end
      read[key] = sort
    end
  end
  if #commands > 1 then
    local stamp = stampOf(commands[1][2])
    permit('HSET', stamp, 'unfinished', '')
    permit('HDEL', stamp, 'unfinished')
  end
  local failed, reply = perform(commands)
  if not failed then return end
  if failed == 1 then error(reply) end
  keep(commands, failed)
  error({ err = 'UNFINISHED a write stopped half way: ' .. reply.err })
end
`
