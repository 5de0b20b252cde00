-- Sends under a new key each time, to many recipients over many accounts: wrk ... -- RUN KEY ACCOUNTS
local count = 0

function init(args)
  run, accounts = args[1], tonumber(args[3])
  headers = { ["content-type"] = "application/json", authorization = "Bearer " .. args[2] }
end

function request()
  count = count + 1
  headers["idempotency-key"] = run .. "-" .. count
  local to = "+1555" .. string.format("%07d", count % 1000000)
  return wrk.format("POST", "/v1/intents", headers, string.format(
    '{"connector":"whatsapp","account":"bench%d","capability":"text","to":"%s","input":{"body":"Your order is on its way."}}',
    count % accounts, to))
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"refused":%d,"broken":%d,"p99":%f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(99) / 1e3))
end
