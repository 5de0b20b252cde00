import type { ProviderAnswer } from "../../src/connector/provider-http.ts"
import { isJsonObject, type Json, type JsonObject } from "../../src/domain/json.ts"
import { listOf } from "./read-json.ts"

/** Percentage of the allowed calls at which the account is paused, to avoid a refusal. */
export const nearlyExhausted = 95
/** Seconds of a pause when the provider gives none. Its limits are those of a rolling hour (META 7). */
export const holdStill = 60

const parsed = (header: string | undefined): JsonObject => {
  try {
    const value: Json = JSON.parse(header ?? "{}")
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}

const percents = ["call_count", "total_cputime", "total_time"] as const

const numberOf = (use: JsonObject, name: string): number => {
  const value = use[name]
  return typeof value === "number" && Number.isFinite(value) ? value : 0
}

const secondsOf = (use: JsonObject): number => {
  const regain = numberOf(use, "estimated_time_to_regain_access") * 60
  if (regain > 0) return regain
  return percents.some((name) => numberOf(use, name) >= nearlyExhausted) ? holdStill : 0
}

/**
 * Returns the seconds for which the account should pause, by `X-App-Usage` and `X-Business-Use-Case-Usage` of any
 * answer. Returns 0 when they ask for no pause (META 7).
 */
export const throttleSeconds = ({ headers }: Pick<ProviderAnswer, "headers">): number => {
  const app = headers["x-app-usage"]
  const business = headers["x-business-use-case-usage"]
  if (app === undefined && business === undefined) return 0
  const uses = [
    parsed(app),
    ...Object.values(parsed(business)).flatMap((one) => (listOf(one) ?? []).filter(isJsonObject))
  ]
  return Math.max(...uses.map(secondsOf))
}
