// SPDX-License-Identifier: GPL-2.0
/*
 * PCI/TSM guest side: the attributes under tsm/ of a PCI device, see
 * Documentation/ABI/testing/sysfs-bus-pci-tsm. Parsing and formatting only.
 */

#define dev_fmt(fmt) "PCI/TSM: " fmt

#include <linux/capability.h>
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/hex.h>
#include <linux/kstrtox.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/tsm.h>
#include <linux/user_namespace.h>
#include "tsm.h"

static struct pci_tsm_fn *to_fn(struct device *dev)
{
	return to_pci_dev(dev)->tsm_fn;
}

static ssize_t state_show(struct device *dev, struct device_attribute *attr,
			  char *buf)
{
	struct pci_tsm_fn *fn = to_fn(dev);

	/* Only those who may change it make the TSM work */
	if (ns_capable_noaudit(&init_user_ns, CAP_SYS_ADMIN))
		pci_tsm_restore_look(fn);

	return sysfs_emit(buf, "%s\n",
			  pci_tsm_state_name(READ_ONCE(fn->state)));
}

struct device_attribute pci_tsm_attr_state = __ATTR_RO(state);

static ssize_t held_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%d\n", dev_no_autoprobe(dev));
}

struct device_attribute pci_tsm_attr_held = __ATTR_RO(held);

static ssize_t lock_show(struct device *dev, struct device_attribute *attr,
			 char *buf)
{
	struct pci_tsm_fn *fn = to_fn(dev);
	int rc;

	ACQUIRE(mutex_intr, lock)(&fn->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;

	if (!fn->tsm)
		return sysfs_emit(buf, "\n");

	return sysfs_emit(buf, "%s\n", dev_name(&fn->tsm->tsm_dev->dev));
}

/* The name of a TSM, nothing but a newline may follow */
static int parse_tsm(struct device *dev, struct device_attribute *attr,
		     const char *buf)
{
	int id;

	/* As it is written in /sys/class/tsm/: no sign, no leading zero */
	if (!str_has_prefix(buf, "tsm") || !isdigit(buf[3]) ||
	    (buf[3] == '0' && isdigit(buf[4])) || kstrtoint(buf + 3, 10, &id)) {
		pci_info(to_pci_dev(dev), "%s refused: not the name of a TSM\n",
			 attr->attr.name);
		return -EINVAL;
	}

	return id;
}

/* A request that names a TSM; the device's lock keeps drivers away meanwhile */
static ssize_t tsm_store(struct device *dev, struct device_attribute *attr,
			 const char *buf, size_t len,
			 int (*request)(struct pci_tsm_fn *fn, int tsm_id))
{
	int id, rc;

	id = parse_tsm(dev, attr, buf);
	if (id < 0)
		return id;

	/* Nobody should have to know that the kernel is about to unbind */
	pci_tsm_release_wait(to_fn(dev));

	ACQUIRE(device_intr, lock)(dev);
	rc = ACQUIRE_ERR(device_intr, &lock);
	if (rc)
		return rc;

	rc = request(to_fn(dev), id);
	return rc ?: len;
}

static ssize_t lock_store(struct device *dev, struct device_attribute *attr,
			  const char *buf, size_t len)
{
	return tsm_store(dev, attr, buf, len, pci_tsm_fn_lock);
}

struct device_attribute pci_tsm_attr_lock = __ATTR_RW(lock);

static ssize_t unlock_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t len)
{
	return tsm_store(dev, attr, buf, len, pci_tsm_fn_unlock);
}

struct device_attribute pci_tsm_attr_unlock = __ATTR_WO(unlock);

static ssize_t accept_show(struct device *dev, struct device_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%d\n",
			  READ_ONCE(to_fn(dev)->state) == PCI_TSM_RUN);
}

#define DIGEST_PREFIX	"sha384:"

/* As evidence_digest_show() writes it, nothing but a newline may follow */
static bool parse_digest(const char *buf, u8 *digest)
{
	const char *hex = buf + strlen(DIGEST_PREFIX);
	const char *end = hex + 2 * PCI_TSM_DIGEST_SIZE;

	return str_has_prefix(buf, DIGEST_PREFIX) &&
	       !hex2bin(digest, hex, PCI_TSM_DIGEST_SIZE) &&
	       sysfs_streq(end, "");
}

static int accept_locked(struct device *dev, const u8 *digest)
{
	int rc;

	ACQUIRE(device_intr, lock)(dev);
	rc = ACQUIRE_ERR(device_intr, &lock);
	if (rc)
		return rc;

	return pci_tsm_fn_accept(to_fn(dev), digest);
}

static ssize_t accept_store(struct device *dev, struct device_attribute *attr,
			    const char *buf, size_t len)
{
	u8 digest[PCI_TSM_DIGEST_SIZE];
	bool any = sysfs_streq(buf, "1");
	int rc;

	if (!any && !parse_digest(buf, digest)) {
		pci_info(to_pci_dev(dev), "accept refused: neither a digest nor 1\n");
		return -EINVAL;
	}

	rc = accept_locked(dev, any ? NULL : digest);
	if (rc < 0)
		return rc;

	if (rc) {
		pci_tsm_restore_watch(to_fn(dev));
		/* Not held any more: as for a new device. Takes the lock by itself. */
		device_initial_probe(dev);
	}
	return len;
}

struct device_attribute pci_tsm_attr_accept = __ATTR_RW(accept);

static ssize_t evidence_digest_show(struct device *dev,
				    struct device_attribute *attr, char *buf)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(to_fn(dev));

	if (!evidence)
		return -ENODATA;

	return sysfs_emit(buf, DIGEST_PREFIX "%*phN\n", PCI_TSM_DIGEST_SIZE,
			  pci_tsm_evidence_digest(evidence));
}

struct device_attribute pci_tsm_attr_evidence_digest = __ATTR_RO(evidence_digest);

static ssize_t evidence_generation_show(struct device *dev,
					struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", pci_tsm_fn_generation(to_fn(dev)));
}

struct device_attribute pci_tsm_attr_evidence_generation =
	__ATTR_RO(evidence_generation);

static ssize_t lock_flags_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(to_fn(dev));
	const struct pci_tsm_collection *c;

	if (!evidence)
		return -ENODATA;

	c = pci_tsm_evidence_collection(evidence);
	return sysfs_emit(buf, "%#06x/%#06x\n",
			  c->lock_flags & c->lock_flags_known,
			  c->lock_flags_known);
}

struct device_attribute pci_tsm_attr_lock_flags = __ATTR_RO(lock_flags);

static ssize_t restore_show(struct device *dev, struct device_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_fn(dev)->restore.armed));
}

static ssize_t restore_store(struct device *dev, struct device_attribute *attr,
			     const char *buf, size_t len)
{
	bool armed;
	int rc;

	if (kstrtobool(buf, &armed)) {
		pci_info(to_pci_dev(dev), "restore refused: neither 0 nor 1\n");
		return -EINVAL;
	}

	rc = pci_tsm_restore_arm(to_fn(dev), armed);
	return rc ?: len;
}

struct device_attribute pci_tsm_attr_restore = __ATTR_RW(restore);

static ssize_t restore_count_show(struct device *dev,
				  struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_fn(dev)->restore.count));
}

struct device_attribute pci_tsm_attr_restore_count = __ATTR_RO(restore_count);

static ssize_t restore_status_show(struct device *dev,
				   struct device_attribute *attr, char *buf)
{
	struct pci_tsm_fn *fn = to_fn(dev);
	int rc;

	ACQUIRE(mutex_intr, lock)(&fn->lock);
	rc = ACQUIRE_ERR(mutex_intr, &lock);
	if (rc)
		return rc;

	return sysfs_emit(buf, "%s\n", fn->restore.status);
}

struct device_attribute pci_tsm_attr_restore_status = __ATTR_RO(restore_status);

static ssize_t nonce_write(struct file *file, struct kobject *kobj,
			   const struct bin_attribute *attr, char *buf,
			   loff_t pos, size_t len)
{
	struct device *dev = kobj_to_dev(kobj);
	int rc;

	if (pos || len != PCI_TSM_NONCE_SIZE) {
		pci_info(to_pci_dev(dev), "nonce refused: not %u bytes at once\n",
			 PCI_TSM_NONCE_SIZE);
		return -EINVAL;
	}

	rc = pci_tsm_fn_refresh(to_fn(dev), buf);
	return rc ?: len;
}

static ssize_t object_read(struct file *file, struct kobject *kobj,
			   const struct bin_attribute *attr, char *buf,
			   loff_t pos, size_t len)
{
	struct pci_tsm_evidence *evidence __free(pci_tsm_evidence) =
		pci_tsm_fn_evidence(to_fn(kobj_to_dev(kobj)));

	if (!evidence)
		return -ENODATA;

	return pci_tsm_evidence_read(evidence, (uintptr_t)attr->private, file,
				     buf, pos, len);
}

/* Evidence tells devices apart: not for everybody */
#define OBJECT_ATTR(_name, _object)					\
	static const struct bin_attribute bin_attr_##_name = {		\
		.attr = { .name = __stringify(_name), .mode = 0400 },	\
		.private = (void *)(uintptr_t)(_object),		\
		.read = object_read,					\
	}

OBJECT_ATTR(certificates, PCI_TSM_CERTIFICATES);
OBJECT_ATTR(vca, PCI_TSM_VCA);
OBJECT_ATTR(measurements, PCI_TSM_MEASUREMENTS);
OBJECT_ATTR(report, PCI_TSM_REPORT);

static const struct bin_attribute bin_attr_nonce = {
	.attr = { .name = "nonce", .mode = 0200 },
	.write = nonce_write,
};

/* These are there without a TSM, too: sysfs merges no binary attributes */
const struct bin_attribute *const pci_tsm_guest_bin_attrs[] = {
	&bin_attr_certificates,
	&bin_attr_vca,
	&bin_attr_measurements,
	&bin_attr_report,
	&bin_attr_nonce,
	NULL
};

static struct attribute *need_tsm_attrs[] = {
	&pci_tsm_attr_lock.attr,
	&pci_tsm_attr_unlock.attr,
	&pci_tsm_attr_accept.attr,
	&pci_tsm_attr_evidence_digest.attr,
	&pci_tsm_attr_evidence_generation.attr,
	&pci_tsm_attr_lock_flags.attr,
	&pci_tsm_attr_restore.attr,
	&pci_tsm_attr_restore_count.attr,
	&pci_tsm_attr_restore_status.attr,
	NULL
};

static const struct attribute_group need_tsm_group = {
	.name = "tsm",
	.attrs = need_tsm_attrs,
};

/**
 * pci_tsm_guest_group_visible() - does a device have the guest side's attributes?
 * @pdev: the device
 *
 * Return: true for a function with a TDISP state.
 */
bool pci_tsm_guest_group_visible(struct pci_dev *pdev)
{
	return pdev->tsm_fn;
}

/**
 * pci_tsm_guest_attr_visible() - is an attribute of the guest side there?
 * @pdev: the device
 * @attr: any attribute of the tsm/ group
 *
 * What needs a TSM appears with the first one, when the function is set up.
 *
 * Return: the attribute's mode, 0 when it is not there or not of the guest
 * side.
 */
umode_t pci_tsm_guest_attr_visible(struct pci_dev *pdev, struct attribute *attr)
{
	if (!pdev->tsm_fn)
		return 0;

	if (attr == &pci_tsm_attr_state.attr || attr == &pci_tsm_attr_held.attr)
		return attr->mode;

	for (int i = 0; need_tsm_attrs[i]; i++)
		if (attr == need_tsm_attrs[i])
			return READ_ONCE(pdev->tsm_fn->attrs) ? attr->mode : 0;

	return 0;
}

/**
 * pci_tsm_sysfs_add() - the first devsec TSM came
 * @pdev: a function with a TDISP state
 *
 * The other attributes are left alone: somebody may be in poll() on state. None
 * is ever removed while the function is there, since that would have to wait
 * for its writers, and they for the device's lock.
 *
 * Context: Process context, with the function in sysfs.
 */
void pci_tsm_sysfs_add(struct pci_dev *pdev)
{
	if (sysfs_merge_group(&pdev->dev.kobj, &need_tsm_group))
		pci_err(pdev, "no attributes to lock and accept the function\n");
}
