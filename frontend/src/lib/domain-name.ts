/** RFC 1123: what may be a domain name, said in words where it may not. */
export function domainProblem(domain: string): string | null {
	if (domain === '') return 'Enter a domain, such as app.example.com.';
	if (domain.length > 253) return 'A domain has at most 253 characters.';
	if (domain.includes('_')) return 'A domain for a site has no underscore: no certificate could be issued.';
	if (domain.includes(':')) return 'Enter the domain alone, without a port.';
	const labels = domain.replace(/^\*\./, '').split('.');
	if (labels.length < 2) return 'A domain has at least two parts, such as example.com.';
	for (const label of labels) {
		if (label === '') return 'Two dots in a row, or one at the end.';
		if (label.length > 63) return `“${label.slice(0, 20)}…” is longer than 63 characters.`;
		if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)) {
			return `“${label}” has characters that no domain may have: a to z, 0 to 9 and hyphens inside.`;
		}
	}
	if (/^\d+$/.test(labels.at(-1) ?? '')) return 'That is an address of a machine, not a domain.';
	return null;
}
