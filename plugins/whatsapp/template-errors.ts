import type { ErrorTable } from "../../src/connector/error-table.ts"
import { policy, rowsOf } from "../meta/error-rows.ts"

const official = rowsOf("META 3.5, WDOC25 error codes")

const later = { transient: true } as const

/** Codes about templates, flows and marketing messages. */
export const templateErrors: ErrorTable = [
  official.payload(131055, "this API accepts only marketing templates"),
  official.refused(131063, "marketing templates are disabled for this API"),
  official.refused(131064, "the provider reduced the messaging limit for misclassified templates", policy),
  official.payload(132000, "the number of template parameters is wrong"),
  official.payload(132001, "the template does not exist in this language, or is not approved"),
  official.payload(132005, "the text of the template with its parameters is too long"),
  official.payload(132007, "the template violates a policy"),
  official.payload(132008, "a template parameter has the wrong format"),
  official.payload(132012, "a template parameter has the wrong format"),
  official.payload(132018, "a template parameter is invalid"),
  official.refused(132015, "the template is paused"),
  official.refused(132016, "the template is disabled"),
  official.refused(132068, "the flow is blocked"),
  official.refused(132069, "the flow exceeded its rate limit", later),
  official.payload(134100, "this API accepts only marketing templates"),
  official.refused(134101, "the template is still being synchronised", later),
  official.unknown(134102, "the template is unavailable on this API; the provider reports it as a server error")
]
