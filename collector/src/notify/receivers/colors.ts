import type { Severity } from '../../event/words.ts'

export const COLORS: Readonly<Record<Severity | 'resolved', string>> = {
  critical: '#c4162a',
  high: '#e0752d',
  medium: '#eab839',
  low: '#5794f2',
  info: '#8ab8ff',
  resolved: '#37872d',
}
