import { memoryAuditLog } from "../../../layers/memory/deployment.ts"
import { auditLogContract } from "../../contracts/audit-log.ts"

auditLogContract("memory", () => memoryAuditLog)
