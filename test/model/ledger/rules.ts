/** Lists which state may be read after which: the states of one attempt, and the ways from one attempt to the next. */
const follows: Readonly<Record<string, ReadonlyArray<string>>> = {
  nothing: ["accepted", "claimed"],
  accepted: ["claimed", "failed", "disputed"],
  claimed: ["accepted", "in_doubt", "sent", "failed", "disputed"],
  in_doubt: ["accepted", "sent", "failed", "disputed"],
  sent: ["disputed", "expired", "nothing"],
  failed: ["accepted", "sent", "disputed", "claimed", "expired", "nothing"],
  disputed: ["sent", "failed"],
  expired: ["nothing"]
}

const free = new Set(["failed", "accepted"])

const ranks = ["-", "other", "sent", "failed", "delivered", "read"]

const parsed = (line: string) => {
  const [, state = line, attempt = "0", delivery = "-"] = /^(\w+), attempt (\d+), delivery (\S+),/.exec(line) ?? []
  return { state, attempt: Number(attempt), delivery: ranks.indexOf(delivery) }
}

/** The rule that two readings of one record break, the one after the other; `undefined` where all is well. */
export const broken = (before: string, after: string): string | undefined => {
  const [was, is] = [parsed(before), parsed(after)]
  const { state } = was
  if (state !== is.state && !follows[state]?.includes(is.state)) return `${state} may not become ${is.state}`
  if (is.state === "expired" || is.state === "nothing" || state === "nothing") return undefined
  if (is.attempt !== was.attempt && (!free.has(state) || is.state !== "claimed" || is.attempt !== was.attempt + 1)) {
    return `a new attempt began where the one before was ${state}`
  }
  const isReaccepted = is.state === "accepted" && state === "failed"
  if (is.attempt === was.attempt && !isReaccepted && is.delivery < was.delivery) return "a status moved backwards"
  return undefined
}
