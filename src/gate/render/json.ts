import * as Schema from "effect/Schema"
import { GateVerdict } from "../verdict.ts"

/** JSON schema of a verdict, for readers in other languages. */
export const verdictJsonSchema = () => Schema.toJsonSchemaDocument(GateVerdict)

/** Renders a verdict as JSON, with both languages. `GateVerdict` decodes it. */
export const renderJson = (verdict: GateVerdict): string => `${JSON.stringify(verdict, undefined, 2)}\n`
