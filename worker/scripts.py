"""Every change of a job's state, as Lua that Redis runs atomically.

A process may be killed between any two commands; so that nothing is left half, each transition
(submit, claim, begin, finish, cancel, sweep, forget) is one script. The state field of the record
is the fence: a transition from the wrong state, or by a worker that no longer owns the job, changes
nothing and says so.

Keys, all under `moemoji:` (rq's own are `rq:queue:*`, `rq:job:*`):

    record:ID     hash    state, owner, attempts, times, specs, read, error, waiting, landed;
                          30 days
    request:ID    string  the request as JSON; 30 days
    result:ID     list    PNG bytes, one per candidate; 24 h
    open:USER     zset    the user's open jobs, oldest first (score: sequence)
    by:USER       zset    all jobs of the user, and of others with the user's wish (score: time);
                          30 days
    once:USER     hash    click -> job, for double clicks, and "=" with the message or press that
                          made a job -> job, for what a chat says twice; 24 h
    waiting       zset    every queued job (score: since when)
    running       zset    every claimed job (score: end of its lease)
    missing       zset    queued jobs in no list (score: since when)
    late          zset    jobs in rq's list "low" (score: rank, then sequence)
    workers       zset    live workers (score: end of their lease)
    pace          string  moving average of seconds per job
    teller        string  who tells the line this second
    events:PLATFORM  stream of finished jobs; progress:PLATFORM  pub/sub channel

Pictures that people send in are elsewhere: `worker.upload_store`.

Fairness. A job's rank is the number of older open jobs of the same user. Rank 0 joins the end of
the list it asked for (high or default); any other waits in "low", ordered by rank and then by age,
and workers look into low last. When a job ends, its user's next one becomes rank 0 and joins the
end of the line as if it had been sent at that moment. So a second job waits behind everybody's
first, a crowd of one-job users cannot starve it, and no worker idles while anything waits.
"""

from __future__ import annotations

PREFIX = "moemoji:"
QUEUES = ("high", "default", "low")
"""rq's lists in the order in which workers look into them."""

_PRELUDE = """
local P = 'moemoji:'
local function now()
  local t = redis.call('TIME')
  return tonumber(t[1]) + tonumber(t[2]) / 1e6
end
local function place(id, rank, lane, seq, front)
  local queue = rank == 0 and lane or 'low'
  redis.call('HSET', P..'record:'..id, 'rank', rank, 'queue', queue)
  if redis.call('EXISTS', 'rq:job:'..id) == 1 then
    redis.call('HSET', 'rq:job:'..id, 'origin', queue, 'status', 'queued')
  end
  redis.call('ZADD', P..'waiting', now(), id)
  if front then
    redis.call('LPUSH', 'rq:queue:'..queue, id)
  elseif queue ~= 'low' then
    redis.call('RPUSH', 'rq:queue:'..queue, id)
  else
    local score = string.format('%.0f', rank * 1e12 + seq)
    redis.call('ZADD', P..'late', score, id)
    while true do
      local later = redis.call('ZRANGEBYSCORE', P..'late', '('..score, '+inf', 'LIMIT', 0, 1)[1]
      if not later then
        redis.call('RPUSH', 'rq:queue:low', id)
        break
      end
      if redis.call('LINSERT', 'rq:queue:low', 'BEFORE', later, id) > 0 then break end
      -- Popped by a worker a moment ago.
      redis.call('ZREM', P..'late', later)
    end
  end
end
local function settle(user)
  local rank = 0
  for _, id in ipairs(redis.call('ZRANGE', P..'open:'..user, 0, -1)) do
    local r = redis.call('HMGET', P..'record:'..id, 'state', 'rank', 'lane', 'seq')
    if r[1] == 'queued' or r[1] == 'drawing' then
      if r[1] == 'queued' and tonumber(r[2]) > rank then
        if redis.call('LREM', 'rq:queue:low', 1, id) == 1 then
          redis.call('ZREM', P..'late', id)
          place(id, rank, r[3], tonumber(r[4]), false)
        end
      end
      rank = rank + 1
    else
      redis.call('ZREM', P..'open:'..user, id)
    end
  end
end
local function close(id, user)
  redis.call('ZREM', P..'open:'..user, id)
  redis.call('ZREM', P..'waiting', id)
  redis.call('ZREM', P..'running', id)
  redis.call('ZREM', P..'late', id)
  redis.call('ZREM', P..'missing', id)
  -- Not at once: a stock rq worker would still want to write to it.
  redis.call('EXPIRE', 'rq:job:'..id, 60)
  settle(user)
end
local function announce(id, platform, kind, error)
  local stream = P..'events:'..platform
  redis.call('XADD', stream, '*', 'job', id, 'kind', kind, 'error', error)
  redis.call('EXPIRE', stream, 2592000)
end
local function unlist(id)
  for _, queue in ipairs({'high', 'default', 'low'}) do
    redis.call('LREM', 'rq:queue:'..queue, 0, id)
  end
end
local function give_up(id, state, error)
  local record = P..'record:'..id
  local r = redis.call('HMGET', record, 'platform', 'user')
  redis.call('HSET', record, 'state', state, 'error', error, 'finished', now())
  unlist(id)
  close(id, r[2])
  announce(id, r[1], state, error)
end
"""

SUBMIT = (
    _PRELUDE
    + """
-- id user platform request lane per_user limit ttl once window uploads parent origin,
-- then rq's fields
-- answers {what, id or count}: made, again, too-many-jobs, queue-full
local id, user, platform, request, lane = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ttl, once = ARGV[8], ARGV[9]
local t = now()
if redis.call('EXISTS', P..'record:'..id) == 1 then return {'again', id} end
local clicks = P..'once:'..user
local origin = '='..ARGV[13]
if origin ~= '=' then
  local earlier = redis.call('HGET', clicks, origin)
  if earlier then return {'again', earlier} end
end
if once ~= '' then
  local earlier = redis.call('HGET', clicks, once)
  if earlier then
    local r = redis.call('HMGET', P..'record:'..earlier, 'state', 'submitted')
    if r[1] == 'queued' or r[1] == 'drawing'
        or (r[1] == 'done' and t - tonumber(r[2]) < tonumber(ARGV[10])) then
      return {'again', earlier}
    end
  end
end
settle(user)
local rank = redis.call('ZCARD', P..'open:'..user)
if rank >= tonumber(ARGV[6]) then return {'too-many-jobs', tostring(rank)} end
if redis.call('ZCARD', P..'waiting') >= tonumber(ARGV[7]) then return {'queue-full', ''} end
local seq = redis.call('INCR', P..'sequence')
redis.call('SET', P..'request:'..id, request, 'EX', ttl)
redis.call('HSET', P..'record:'..id, 'state', 'queued', 'user', user, 'platform', platform,
  'lane', lane, 'seq', seq, 'submitted', t, 'attempts', 0, 'uploads', ARGV[11])
redis.call('EXPIRE', P..'record:'..id, ttl)
redis.call('HSET', 'rq:job:'..id, unpack(ARGV, 14))
redis.call('EXPIRE', 'rq:job:'..id, ttl)
redis.call('ZADD', P..'open:'..user, seq, id)
redis.call('EXPIRE', P..'open:'..user, ttl)
-- A moderator's "again" repeats somebody else's wish: it is forgotten with whose wish it was.
local first = redis.call('HMGET', P..'record:'..ARGV[12], 'wisher', 'user')
local wisher = first[1] or first[2] or user
if wisher ~= user then redis.call('HSET', P..'record:'..id, 'wisher', wisher) end
for _, whose in ipairs(wisher == user and {user} or {user, wisher}) do
  redis.call('ZADD', P..'by:'..whose, t, id)
  redis.call('ZREMRANGEBYSCORE', P..'by:'..whose, '-inf', t - tonumber(ttl))
  redis.call('EXPIRE', P..'by:'..whose, ttl)
end
if once ~= '' or origin ~= '=' then
  if redis.call('HLEN', clicks) > 1000 then redis.call('DEL', clicks) end
  if once ~= '' then redis.call('HSET', clicks, once, id) end
  if origin ~= '=' then redis.call('HSET', clicks, origin, id) end
  redis.call('EXPIRE', clicks, 86400)
end
redis.call('SADD', 'rq:queues', 'rq:queue:high', 'rq:queue:default', 'rq:queue:low')
place(id, rank, lane, seq, false)
return {'made', id}
"""
)

CANCEL = (
    _PRELUDE
    + """
-- id user ('' for anyone's); answers its uploads if it was open and is cancelled now, else nil
local r = redis.call('HMGET', P..'record:'..ARGV[1], 'state', 'user', 'uploads')
if r[1] ~= 'queued' and r[1] ~= 'drawing' then return nil end
if ARGV[2] ~= '' and ARGV[2] ~= r[2] then return nil end
give_up(ARGV[1], 'cancelled', '')
return r[3] or ''
"""
)

CLAIM = (
    _PRELUDE
    + """
-- worker lease more ids...; takes up to `more` waiting jobs besides;
-- answers {id, attempts made before, request} for each that is to be drawn
local answer, ids, more = {}, {}, tonumber(ARGV[3])
for i = 4, #ARGV do ids[#ids + 1] = ARGV[i] end
for _, queue in ipairs({'high', 'default', 'low'}) do
  local found = more > 0 and redis.call('LPOP', 'rq:queue:'..queue, more) or {}
  more = more - #found
  for _, id in ipairs(found) do ids[#ids + 1] = id end
end
local taken = {}
for _, id in ipairs(ids) do
  local record = P..'record:'..id
  local r = redis.call('HMGET', record, 'state', 'owner')
  -- Its own already: the answer to this very claim got lost, and it is asked again.
  if not taken[id] and (r[1] == 'queued' or (r[1] == 'drawing' and r[2] == ARGV[1])) then
    -- A job that was found again may be listed twice.
    taken[id] = true
    redis.call('HSET', record, 'state', 'drawing', 'owner', ARGV[1])
    redis.call('ZADD', P..'running', now() + tonumber(ARGV[2]), id)
    redis.call('ZREM', P..'waiting', id)
    redis.call('ZREM', P..'late', id)
    redis.call('ZREM', P..'missing', id)
    answer[#answer + 1] = {
      id, tonumber(redis.call('HGET', record, 'attempts')), redis.call('GET', P..'request:'..id)
    }
  end
end
return answer
"""
)

BEGIN = (
    _PRELUDE
    + """
-- worker ids...; answers per id 1 if this worker may draw it now
local answer = {}
for i = 2, #ARGV do
  local record = P..'record:'..ARGV[i]
  local r = redis.call('HMGET', record, 'state', 'owner', 'platform')
  if r[1] == 'drawing' and r[2] == ARGV[1] then
    redis.call('HINCRBY', record, 'attempts', 1)
    redis.call('HSET', record, 'started', now())
    redis.call('PUBLISH', P..'progress:'..r[3],
      '{"job_id":"'..ARGV[i]..'","state":"drawing"}')
    answer[#answer + 1] = 1
  else
    answer[#answer + 1] = 0
  end
end
return answer
"""
)

FINISH = (
    _PRELUDE
    + """
-- id worker state error params specs seconds result_ttl read pictures...
-- answers 1, or 0 if the job is no longer this worker's to finish
local id, record = ARGV[1], P..'record:'..ARGV[1]
local r = redis.call('HMGET', record, 'state', 'owner', 'platform', 'user')
if r[1] ~= 'drawing' or r[2] ~= ARGV[2] then return 0 end
redis.call('HSET', record, 'state', ARGV[3], 'error', ARGV[4], 'error_params', ARGV[5],
  'specs', ARGV[6], 'read', ARGV[9], 'draw_seconds', ARGV[7], 'finished', now())
if #ARGV > 9 then
  redis.call('DEL', P..'result:'..id)
  for i = 10, #ARGV do redis.call('RPUSH', P..'result:'..id, ARGV[i]) end
  redis.call('EXPIRE', P..'result:'..id, ARGV[8])
end
close(id, r[4])
announce(id, r[3], ARGV[3], ARGV[4])
return 1
"""
)

PACE = """
-- seconds per job; an exponential moving average that forgets half in about three jobs
local old = redis.call('GET', 'moemoji:pace')
local new = old and (0.8 * tonumber(old) + 0.2 * tonumber(ARGV[1])) or tonumber(ARGV[1])
redis.call('SET', 'moemoji:pace', tostring(new), 'EX', 2592000)
"""

BEAT = """
-- worker lease ids...; renews the leases that are still held, answers the state of each id
local t = redis.call('TIME')
local till = tonumber(t[1]) + tonumber(t[2]) / 1e6 + tonumber(ARGV[2])
redis.call('ZADD', 'moemoji:workers', till, ARGV[1])
redis.call('ZREMRANGEBYSCORE', 'moemoji:workers', '-inf', t[1])
redis.call('EXPIRE', 'moemoji:workers', 86400)
for i = 3, #ARGV do
  if redis.call('HGET', 'moemoji:record:'..ARGV[i], 'owner') == ARGV[1] then
    redis.call('ZADD', 'moemoji:running', 'XX', till, ARGV[i])
  end
end
"""

RELEASE = """
-- worker ids...; ends the leases at once: the next sweep takes the jobs back
for i = 2, #ARGV do
  if redis.call('HGET', 'moemoji:record:'..ARGV[i], 'owner') == ARGV[1] then
    redis.call('ZADD', 'moemoji:running', 'XX', 0, ARGV[i])
  end
end
redis.call('ZREM', 'moemoji:workers', ARGV[1])
"""

SWEEP = (
    _PRELUDE
    + """
-- requeues patience lost_after; answers {id, what, id, what, ...}
local t, answer = now(), {}
local function note(id, what)
  answer[#answer + 1] = id
  answer[#answer + 1] = what
end
-- Jobs of workers that stopped beating.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P..'running', '-inf', t)) do
  local r = redis.call('HMGET', P..'record:'..id, 'state', 'attempts', 'lane', 'seq')
  redis.call('ZREM', P..'running', id)
  if r[1] == 'drawing' then
    if tonumber(r[2]) > tonumber(ARGV[1]) then
      give_up(id, 'failed', 'worker-lost')
      note(id, 'failed')
    else
      redis.call('HSET', P..'record:'..id, 'state', 'queued', 'owner', '')
      place(id, 0, r[3] == 'high' and 'high' or 'default', tonumber(r[4]), true)
      note(id, 'requeued')
    end
  end
end
-- Jobs that a worker popped and died before it claimed them.
local listed = {}
for _, queue in ipairs({'high', 'default', 'low'}) do
  for _, id in ipairs(redis.call('LRANGE', 'rq:queue:'..queue, 0, -1)) do listed[id] = true end
end
for _, id in ipairs(redis.call('ZRANGE', P..'waiting', 0, -1)) do
  local r = redis.call('HMGET', P..'record:'..id, 'state', 'lane', 'seq', 'submitted')
  if r[1] ~= 'queued' then
    redis.call('ZREM', P..'waiting', id)
  elseif t - tonumber(r[4]) > tonumber(ARGV[2]) then
    give_up(id, 'failed', 'waited-too-long')
    note(id, 'expired')
  elseif not listed[id] then
    -- Between a pop and its claim lies a millisecond: only who stays away is lost.
    local since = redis.call('ZSCORE', P..'missing', id)
    if not since then
      redis.call('ZADD', P..'missing', t, id)
      redis.call('EXPIRE', P..'missing', 3600)
    elseif t - tonumber(since) > tonumber(ARGV[3]) then
      redis.call('ZREM', P..'missing', id)
      place(id, 0, r[2], tonumber(r[3]), true)
      note(id, 'found')
    end
  end
end
return answer
"""
)

FORGET = (
    _PRELUDE
    + """
-- user; deletes everything that is kept of the user, answers how many jobs that were
local user, count = ARGV[1], 0
for _, id in ipairs(redis.call('ZRANGE', P..'by:'..user, 0, -1)) do
  unlist(id)
  for _, set in ipairs({'waiting', 'running', 'late', 'missing'}) do
    redis.call('ZREM', P..set, id)
  end
  count = count + redis.call('DEL', P..'record:'..id)
  redis.call('DEL', P..'request:'..id, P..'result:'..id, 'rq:job:'..id)
end
for _, kind in ipairs({'open:', 'by:', 'once:'}) do
  redis.call('DEL', P..kind..user)
end
return count
"""
)

OPENED = """
-- id message ('' for none); answers 1 if this settles which message waits for the result
local record = 'moemoji:record:'..ARGV[1]
if redis.call('EXISTS', record) == 0 then return 0 end
if redis.call('HGET', record, 'waiting') == ARGV[2] then return 1 end
return redis.call('HSETNX', record, 'waiting', ARGV[2])
"""

ACKNOWLEDGE = """
-- entry id landed ('' if unknown) group; never brings a forgotten record back
if ARGV[3] ~= '' and redis.call('EXISTS', 'moemoji:record:'..ARGV[2]) == 1 then
  redis.call('HSET', 'moemoji:record:'..ARGV[2], 'landed', ARGV[3])
end
if ARGV[1] ~= '' then
  redis.call('XACK', KEYS[1], ARGV[4], ARGV[1])
  redis.call('XDEL', KEYS[1], ARGV[1])
end
return 1
"""
