-- wrk plays the requests of a file, one a line: method, path, body, with tabs between. The summary goes to $BENCH_SUMMARY.
function init(args)
  local file = assert(io.open(args[1]))
  requests = {}
  for line in file:lines() do
    local method, path, body = line:match("^(%u+)\t([^\t]+)\t(.*)$")
    local headers = body ~= "" and { ["Content-Type"] = "application/json" } or {}
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  file:close()
  at = tonumber(args[2])
end


function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, requests)
  local out = assert(io.open(os.getenv("BENCH_SUMMARY"), "w"))
  out:write(string.format(
    '{"seconds":%.6f,"requests":%d,"bytes":%d,"bad_status":%d,"broken":%d,"p50_ms":%.3f,"p90_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f}',
    summary.duration / 1e6, summary.requests, summary.bytes, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
  out:close()
end
