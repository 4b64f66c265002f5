import type { HalfAppliedReport } from '../resolve/half-applied-report.ts';
import type { OperationAnswer } from '../wire/operator-schemas.ts';

/** A report as it travels: JSON has neither sets nor dates. */
export type ReportAsJson = OperationAnswer<'foresee-resolution'>['report'];

/** Puts a report into JSON. */
export function reportAsJson({ open, label, ...report }: HalfAppliedReport): ReportAsJson {
  return {
    ...report,
    open: [...open].sort(),
    label: label && { ...label, at: label.at.toISOString() },
  };
}

/** Makes the report again that was put into JSON. */
export function reportFromJson({
  open,
  label,
  file,
  ahead,
  ...report
}: ReportAsJson): HalfAppliedReport {
  return {
    ...report,
    file,
    ahead,
    open: new Set(open),
    label: label && { ...label, at: new Date(label.at) },
  };
}
