import { readTime, requireStamp } from "../scripting/lua.ts"
import { defineScript } from "../scripting/script.ts"

/** Characters of a digest: `sha256:` and 64 hex digits. */
export const digestLength = 71

/** Defines `pin(digest, how)`, which returns false when the stamp names another trust file. */
const pinTrust = `
local function pin(digest, how, replaces)
  local pinned = redis.call('HGET', KEYS[1], 'trust')
  if pinned and not replaces then return string.sub(pinned, 1, ${digestLength}) == digest end
  write('HSET', KEYS[1], 'trust', digest .. ' ' .. string.format('%.0f', now) .. ' ' .. how)
  return true
end
`

/**
 * Activates a certificate, and pins the trust file when none is pinned.
 *
 * KEYS: stamp, activations, certificates.
 * ARGV: deployment, digest of the trust file, `boot` or `restore`, digest of the certificate, its release, its text.
 * Answer: `activated`, `known`, `other_trust`.
 */
export const activateScript = defineScript(
  "activate certificate",
  `#!lua
${requireStamp}${readTime}${pinTrust}
if not pin(ARGV[2], 'boot', false) then return 'other_trust' end
if not redis.call('HGET', KEYS[3], ARGV[4]) then write('HSET', KEYS[3], ARGV[4], ARGV[6]) end
local field = ARGV[1] .. ' ' .. ARGV[4]
if redis.call('HGET', KEYS[2], field) then return 'known' end
write('HSET', KEYS[2], field, string.format('%.0f', now) .. ' ' .. ARGV[3] .. ' ' .. ARGV[5])
return 'activated'
`
)

/**
 * Pins a trust file.
 *
 * KEYS: stamp.
 * ARGV: deployment, digest of the trust file, `boot` or `command`; a command replaces the one that is pinned.
 * Answer: 1, or 0 when another one is pinned.
 */
export const pinTrustScript = defineScript(
  "pin trust",
  `#!lua flags=allow-oom
${requireStamp}${readTime}${pinTrust}
return pin(ARGV[2], ARGV[3], ARGV[3] == 'command') and 1 or 0
`
)

/**
 * Reads every activation.
 *
 * KEYS: stamp, activations.
 * ARGV: deployment.
 * Answer: time, the pinned trust file or an empty text, then two texts an activation: deployment and digest, record.
 */
export const readActivationsScript = defineScript(
  "read activations",
  `#!lua flags=no-writes
${requireStamp}${readTime}
local answer = { string.format('%.0f', now), redis.call('HGET', KEYS[1], 'trust') or '' }
for _, text in ipairs(redis.call('HGETALL', KEYS[2])) do answer[#answer + 1] = text end
return answer
`
)

/**
 * Reads the text of a certificate.
 *
 * KEYS: stamp, certificates.
 * ARGV: deployment, digest.
 * Answer: the text, or an empty one.
 */
export const readCertificateScript = defineScript(
  "read certificate",
  `#!lua flags=no-writes
${requireStamp}
return redis.call('HGET', KEYS[2], ARGV[2]) or ''
`
)
