/** The rows of "Detected setup": what may be changed, what was found, where it was found. Pure. */
import type { Evidence, Plan, Project } from './types.ts';

export const planFields = [
	'install_command',
	'build_command',
	'start_command',
	'output_dir',
	'port'
] as const;
export type PlanField = (typeof planFields)[number];

export const planLabels: Record<PlanField, string> = {
	install_command: 'Install',
	build_command: 'Build',
	start_command: 'Start',
	output_dir: 'Output folder',
	port: 'Port'
};

export interface PlanRow {
	field: PlanField;
	label: string;
	detected: string;
	/** In a word: "lockfile". And in full: "pnpm-lock.yaml: lockfileVersion 9.0". */
	source: string;
	detail: string;
}

export function evidenceFor(plan: Plan, field: string): Evidence | undefined {
	return plan.evidence.find((evidence) => evidence.field === field);
}

export function describeEvidence(evidence: Evidence | undefined): { source: string; detail: string } {
	if (!evidence) return { source: '', detail: '' };
	const detail = [evidence.file, evidence.detail].filter(Boolean).join(': ');
	return { source: evidence.source, detail };
}

export function planRows(plan: Plan): PlanRow[] {
	return planFields
		.filter((field) => plan.kind !== 'static' || (field !== 'start_command' && field !== 'port'))
		.map((field) => ({
			field,
			label: planLabels[field],
			detected: plan[field] === null ? '' : String(plan[field]),
			...describeEvidence(evidenceFor(plan, field))
		}));
}

/** True when the detection found nothing that it could build. */
export function isUnrecognised(plan: Plan): boolean {
	return !plan.framework || plan.framework === 'unknown';
}

/** Only what differs from the detected value: the rest stays "detected" and follows the repository. */
export function changedSettings(
	plan: Plan,
	typed: Record<PlanField, string>
): { settings: Partial<Pick<Project, PlanField>>; fields: Record<string, string> } {
	const settings: Partial<Pick<Project, PlanField>> = {};
	const fields: Record<string, string> = {};
	for (const field of planFields) {
		const value = typed[field].trim();
		const detected = plan[field] === null ? '' : String(plan[field]);
		if (value === '' || value === detected) continue;
		if (field !== 'port') settings[field] = value;
		else if (/^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65535)
			settings.port = Number(value);
		else fields.port = 'A port is a number from 1 to 65535.';
	}
	return { settings, fields };
}
