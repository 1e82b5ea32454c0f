// What must happen in Redis all at once: each script runs alone on the server, and its writes reach the append-only file as one piece.

/**
 * KEYS: holder. ARGV: who. -> {'ok', token} or {'newer', format}.
 * The token is never below the server's clock: one that was given before all data was lost is never given again.
 */
export const CLAIM = `
local format = redis.call('HGET', KEYS[1], 'format') or '1'
if format ~= '1' then return {'newer', format} end
local time = redis.call('TIME')
local next = tonumber(redis.call('HGET', KEYS[1], 'token') or '0') + 1
local token = string.format('%.0f', math.max(next, time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('HSET', KEYS[1], 'format', format, 'token', token, 'holder', ARGV[1])
return {'ok', token}
`;

const FENCE = `
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return {'fenced', redis.call('HGET', KEYS[1], 'holder') or false} end
`;

/** KEYS: holder, notes. ARGV: token, key, value. -> {'ok'} or {'fenced', holder}. */
export const REMEMBER = `${FENCE}
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return {'ok'}
`;

/**
 * KEYS: holder, lanes, the lane, then one list for each request or intent that is mentioned.
 * ARGV: token, target, version, count, \`count\` bodies, then pairs (which of KEYS, version of the event).
 * -> {'ok'}, {'fenced', holder} or {'version', events there are}.
 * A lane's line holds its place among the lanes, its length and the end of its chain.
 */
export const APPEND = `${FENCE}
local target, version, count = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local line = redis.call('HGET', KEYS[2], target)
local place, length, last
if line then place, length, last = string.match(line, '^(%d+) (%d+) (%x+)$')
else place, length, last = redis.call('HLEN', KEYS[2]), 0, redis.sha1hex(target) end
length = tonumber(length)

local function chainEnd(link)
  for n = 1, count do link = redis.sha1hex(link .. ARGV[4 + n]) end
  return link
end
local function linkAt(at)
  if at == 0 then return redis.sha1hex(target) end
  local entry = redis.call('XRANGE', KEYS[3], at .. '-0', at .. '-0')[1]
  return entry and entry[2][4] or ''
end

if length ~= version then
  -- The very append that stands there already: its answer was lost and the client sent it again.
  if count > 0 and version >= 0 and length == version + count and chainEnd(linkAt(version)) == last then return {'ok'} end
  return {'version', length}
end
if count == 0 then return {'ok'} end
for n = 1, count do
  last = redis.sha1hex(last .. ARGV[4 + n])
  redis.call('XADD', KEYS[3], (version + n) .. '-0', 'body', ARGV[4 + n], 'link', last)
end
redis.call('HSET', KEYS[2], target, place .. ' ' .. (version + count) .. ' ' .. last)
for n = 5 + count, #ARGV, 2 do
  redis.call('RPUSH', KEYS[tonumber(ARGV[n])], ARGV[n + 1] .. ' ' .. target)
end
return {'ok'}
`;
