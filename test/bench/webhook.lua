-- Replays pre-signed requests of one size from a file: wrk ... -- FILE SIZE FIRST COUNT
local threads = {}
repeats = 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  size, first = tonumber(args[2]), tonumber(args[3])
  file = assert(io.open(args[1], "rb"))
  file:seek("set", first * size)
end

function request()
  local bytes = file:read(size)
  if not bytes then
    repeats = repeats + 1
    file:seek("set", first * size)
    bytes = file:read(size)
  end
  return bytes
end

function done(summary, latency, requests)
  local repeated = 0
  for _, thread in ipairs(threads) do
    repeated = repeated + thread:get("repeats")
  end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"refused":%d,"broken":%d,"p50":%f,"p99":%f,"repeats":%d}\n',
    summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, repeated))
end
