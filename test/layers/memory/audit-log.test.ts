import { layer } from "../../../layers/memory/audit-log.ts"
import { auditLogContract } from "../../contracts/audit-log.ts"

auditLogContract("memory", () => layer)
