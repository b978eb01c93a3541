import { t } from '@grafana/i18n'

/** What the collector calls a link, in the reader's language. A newer collector may have others: they stay as they are. */
export function linkTitle(title: string): string {
  switch (title) {
    case 'Show these events':
      return t('link.these-events', 'Show these events')
    case 'Show these problems':
      return t('link.these-problems', 'Show these problems')
    case 'Show its events':
      return t('link.its-events', 'Show its events')
    case 'Show its problems':
      return t('link.its-problems', 'Show its problems')
    case 'Events of this object':
      return t('link.object', 'Events of this object')
    case 'Events of this workload':
      return t('link.workload', 'Events of this workload')
    case 'Events on this node':
      return t('link.node', 'Events on this node')
    case 'What happened around then':
      return t('link.around', 'What happened around then')
    case 'Workload dashboard':
      return t('link.dashboard', 'Workload dashboard')
    case 'What caused what':
      return t('link.causes', 'What caused what')
    case 'Show causes and effects':
      return t('link.graph', 'Show causes and effects')
    case 'What happened around it':
      return t('link.around-it', 'What happened around it')
    case 'What broke here':
      return t('link.incidents', 'What broke here')
    case 'Its problems':
      return t('link.its-problems-all', 'Its problems')
    case 'Open the incident':
      return t('link.incident', 'Open the incident')
    case 'Make an alert rule':
      return t('link.rule', 'Make an alert rule')
    default:
      return title
  }
}
