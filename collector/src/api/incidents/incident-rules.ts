import type { IncidentRules } from '../../incident/incident.ts'
import type { EventReader } from '../../store/store.ts'

const RULES = new WeakMap<EventReader, () => IncidentRules>()

/** From now on incidents of what this reader has are made with these rules of the user too, whoever asks. */
export function useIncidentRules(reader: EventReader, rules: () => IncidentRules): void {
  RULES.set(reader, rules)
}

export function incidentRulesOf(reader: EventReader): IncidentRules {
  return RULES.get(reader)?.() ?? { causes: [], leads: [] }
}
