import { z } from 'zod'
import { SEVERITIES } from '../event/words.ts'
import { count, list, notices, page, range, time } from './answer-schemas.ts'

/** Bodies of records are open: correlation learns more with time. */
const correlation = {
  id: z.string(),
  firstObserved: time,
  lastObserved: time,
  title: z.string().optional().meta({ description: 'What is wrong, the worst first, and with whom.' }),
  isOpen: z.boolean().optional().meta({ description: 'Whether one of its problems is open or quiet.' }),
  severity: z.enum(SEVERITIES).optional().meta({ description: 'Of its open problems; when all are over, the worst.' }),
  worstSeverity: z.enum(SEVERITIES).optional().meta({ description: 'Of the worst problem that it ever had.' }),
  openProblems: count.optional().meta({ description: 'Problems that are open or quiet; `problems` names the worst.' }),
}

export const correlationsSchema = z.strictObject({
  ...range,
  ...list,
  correlations: z.array(z.looseObject(correlation)),
  notices,
})
export const correlationSchema = z.looseObject({ ...correlation, ...page, notices })
