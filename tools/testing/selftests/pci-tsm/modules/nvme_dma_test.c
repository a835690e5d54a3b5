// SPDX-License-Identifier: GPL-2.0
/*
 * Shows what memory an NVMe controller reaches by DMA, and through which alias
 * of the guest physical address space a CCA Realm reaches its BAR.
 *
 * The driver has one command, Identify Controller, and lets the test say where
 * the admin queues and the data are. No module alias: nothing loads it by
 * itself. Attributes of a bound function, in the directory nvme_dma_test:
 *
 *   identify    write: run the command in one of these modes; read: its result
 *                 dma_api         queues and data from dma_alloc_coherent()
 *                 dma_map         data from dma_map_single()
 *                 private_data    data in a page the DMA API knows nothing of
 *                 private         queues as well
 *   bar         the BAR as any driver maps it
 *   bar_shared  the BAR through the shared alias, whatever it is
 *
 * It can be reset, since it uses the device in a run only. When it is told that the
 * device is lost, it waits as long as the module's parameter hold is 1, for a
 * minute at most, and then tries a run in mode private: the log says what that
 * came to ("errno"), and what VS is.
 *
 * All values are key=value, on one line:
 *
 *   queues, data      alias of their DMA addresses: private or shared
 *   ready             1: the controller came up
 *   fatal             1: it reported CSTS.CFS, as when the fetch of a command
 *                     fails
 *   completed         1: the command was fetched, executed and completed
 *   status            NVMe status of the completion
 *   touched           1: the page for the data is not as it was before
 *   serial            serial number in the data
 *   alias             of a mapping, from its page table entry
 *   ripas             1: the RMM says the page belongs to the Realm (RAM, DEV)
 *   cap, vs           controller registers as read
 */
#include <linux/bitfield.h>
#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/io-64-nonatomic-lo-hi.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nvme.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>
#include <asm/rsi.h>

/* Registers and the doorbells of the admin queues, for any sane CAP.DSTRD */
#define BAR_LEN		(NVME_REG_DBS + SZ_4K)
#define DSTRD_MAX	8

#define TIMEOUT_US	(2 * USEC_PER_SEC)
#define POLL_US		1000
#define MEM_SIZE	SZ_4K
#define QUEUE_DEPTH	2	/* the least there can be */
#define DATA_PATTERN	0xa5
#define COMMAND_ID	1

enum mem_kind {
	MEM_COHERENT,
	MEM_STREAMING,
	MEM_PRIVATE,
};

/*
 * A page that the controller uses. @virt is not to be touched while a streaming
 * one is mapped.
 */
struct mem {
	enum mem_kind kind;
	void *virt;
	dma_addr_t addr;
	bool mapped;
};

static const struct mode {
	const char *name;
	enum mem_kind queues;
	enum mem_kind data;
} modes[] = {
	{ "dma_api", MEM_COHERENT, MEM_COHERENT },
	{ "dma_map", MEM_COHERENT, MEM_STREAMING },
	{ "private_data", MEM_COHERENT, MEM_PRIVATE },
	{ "private", MEM_PRIVATE, MEM_PRIVATE },
};

/* What one run found out; the attribute shows it */
struct outcome {
	const struct mode *mode;
	bool queues_shared;
	bool data_shared;
	bool ready;
	bool fatal;
	bool completed;
	bool touched;
	u16 status;
	char serial[sizeof_field(struct nvme_id_ctrl, sn) + 1];
};

/**
 * struct ndt - a function bound to this driver
 * @pdev: the function
 * @lock: serialises runs and protects what follows
 * @bar: its registers, mapped for the time of one run
 * @sq: Admin Submission Queue
 * @cq: Admin Completion Queue
 * @data: where Identify data goes
 * @last: outcome of the last run, @last.mode is NULL when there was none
 */
struct ndt {
	struct pci_dev *pdev;
	struct mutex lock;	/* serialises runs */
	void __iomem *bar;
	struct mem sq, cq, data;
	struct outcome last;
};

static bool is_shared(u64 addr)
{
	return addr & PROT_NS_SHARED;
}

static const char *alias_name(bool shared)
{
	return shared ? "shared" : "private";
}

static int mem_alloc(struct ndt *ndt, struct mem *mem, enum mem_kind kind, u8 fill)
{
	struct device *dev = &ndt->pdev->dev;

	mem->kind = kind;
	if (kind == MEM_COHERENT)
		mem->virt = dma_alloc_coherent(dev, MEM_SIZE, &mem->addr, GFP_KERNEL);
	else
		mem->virt = (void *)__get_free_page(GFP_KERNEL);
	if (!mem->virt)
		return -ENOMEM;
	memset(mem->virt, fill, MEM_SIZE);

	switch (kind) {
	case MEM_COHERENT:
		break;
	case MEM_STREAMING:
		mem->addr = dma_map_single(dev, mem->virt, MEM_SIZE, DMA_FROM_DEVICE);
		if (dma_mapping_error(dev, mem->addr))
			return -ENOMEM;
		mem->mapped = true;
		break;
	case MEM_PRIVATE:
		/* What no driver may do: the point of the test */
		mem->addr = virt_to_phys(mem->virt);
		break;
	}
	return 0;
}

static void mem_unmap(struct ndt *ndt, struct mem *mem)
{
	if (mem->mapped)
		dma_unmap_single(&ndt->pdev->dev, mem->addr, MEM_SIZE, DMA_FROM_DEVICE);
	mem->mapped = false;
}

static void mem_free(struct ndt *ndt, struct mem *mem)
{
	mem_unmap(ndt, mem);
	if (mem->kind == MEM_COHERENT && mem->virt)
		dma_free_coherent(&ndt->pdev->dev, MEM_SIZE, mem->virt, mem->addr);
	else
		free_page((unsigned long)mem->virt);
	mem->virt = NULL;
}

/* Wait for CSTS.RDY. Return: CSTS, all ones when there is no controller */
static u32 ctrl_wait(struct ndt *ndt, u32 rdy)
{
	u32 csts;

	readl_poll_timeout(ndt->bar + NVME_REG_CSTS, csts,
			   (csts & NVME_CSTS_RDY) == rdy || csts & NVME_CSTS_CFS,
			   POLL_US, TIMEOUT_US);
	return csts;
}

static int ctrl_disable(struct ndt *ndt)
{
	u32 csts;

	writel(0, ndt->bar + NVME_REG_CC);
	csts = ctrl_wait(ndt, 0);
	if (PCI_POSSIBLE_ERROR(csts))
		return -ENODEV;
	return csts & NVME_CSTS_RDY ? -ETIMEDOUT : 0;
}

static void ctrl_enable(struct ndt *ndt)
{
	u32 csts;

	writel((QUEUE_DEPTH - 1) << 16 | (QUEUE_DEPTH - 1), ndt->bar + NVME_REG_AQA);
	lo_hi_writeq(ndt->sq.addr, ndt->bar + NVME_REG_ASQ);
	lo_hi_writeq(ndt->cq.addr, ndt->bar + NVME_REG_ACQ);
	writel(NVME_CC_ENABLE | NVME_CC_CSS_NVM | NVME_CC_AMS_RR |
	       NVME_CC_SHN_NONE | NVME_CC_IOSQES | NVME_CC_IOCQES,
	       ndt->bar + NVME_REG_CC);
	csts = ctrl_wait(ndt, NVME_CSTS_RDY);
	ndt->last.fatal = csts & NVME_CSTS_CFS;
	ndt->last.ready = csts & NVME_CSTS_RDY && !PCI_POSSIBLE_ERROR(csts);
	/* The interrupt line may be shared: keep it quiet, completions are polled */
	writel(~0, ndt->bar + NVME_REG_INTMS);
}

/* Read the phase bit of the first completion and, into @csts, CSTS */
static bool completion_seen(struct ndt *ndt, u32 *csts)
{
	const struct nvme_completion *cqe = ndt->cq.virt;

	*csts = readl(ndt->bar + NVME_REG_CSTS);
	return le16_to_cpu(READ_ONCE(cqe->status)) & 1;
}

static void run_identify(struct ndt *ndt, u32 stride)
{
	const struct nvme_completion *cqe = ndt->cq.virt;
	struct nvme_identify *cmd = ndt->sq.virt;
	struct outcome *out = &ndt->last;
	u32 csts;
	bool seen;

	cmd->opcode = nvme_admin_identify;
	cmd->command_id = COMMAND_ID;
	cmd->dptr.prp1 = cpu_to_le64(ndt->data.addr);
	cmd->cns = NVME_ID_CNS_CTRL;
	writel(1, ndt->bar + NVME_REG_DBS);

	read_poll_timeout(completion_seen, seen, seen || csts & NVME_CSTS_CFS,
			  POLL_US, TIMEOUT_US, false, ndt, &csts);
	out->fatal = csts & NVME_CSTS_CFS;
	if (!seen)
		return;
	dma_rmb();
	out->completed = cqe->command_id == COMMAND_ID &&
			 le16_to_cpu(cqe->sq_head) == 1;
	out->status = le16_to_cpu(cqe->status) >> 1;
	/* Take it off the queue, which takes back the interrupt as well */
	writel(1, ndt->bar + NVME_REG_DBS + stride);
}

/* The queues' and data's memory is there, the controller is stopped */
static int run_controller(struct ndt *ndt, u32 stride)
{
	ctrl_enable(ndt);
	if (ndt->last.ready)
		run_identify(ndt, stride);
	return ctrl_disable(ndt);
}

static void look_at_data(struct ndt *ndt)
{
	const struct nvme_id_ctrl *id = ndt->data.virt;
	struct outcome *out = &ndt->last;
	unsigned int i;

	out->touched = memchr_inv(id, DATA_PATTERN, MEM_SIZE);
	if (!out->touched)
		return;
	for (i = 0; i < sizeof(id->sn) && isalnum(id->sn[i]); i++)
		out->serial[i] = id->sn[i];
}

static int run_mode(struct ndt *ndt, const struct mode *mode)
{
	u64 cap = lo_hi_readq(ndt->bar + NVME_REG_CAP);
	int rc;

	if (cap == U64_MAX)
		return -ENODEV;
	if (NVME_CAP_MPSMIN(cap) || NVME_CAP_STRIDE(cap) > DSTRD_MAX)
		return -EOPNOTSUPP;
	rc = ctrl_disable(ndt);
	if (rc)
		return rc;

	rc = mem_alloc(ndt, &ndt->sq, mode->queues, 0);
	if (!rc)
		rc = mem_alloc(ndt, &ndt->cq, mode->queues, 0);
	if (!rc)
		rc = mem_alloc(ndt, &ndt->data, mode->data, DATA_PATTERN);
	if (!rc) {
		ndt->last = (struct outcome) {
			.mode = mode,
			.queues_shared = is_shared(ndt->sq.addr),
			.data_shared = is_shared(ndt->data.addr),
		};
		rc = run_controller(ndt, 4 << NVME_CAP_STRIDE(cap));
		if (rc) {
			/* It may still write: that memory is lost */
			pci_err(ndt->pdev, "controller does not stop: %d\n", rc);
			return rc;
		}
		mem_unmap(ndt, &ndt->data);
		look_at_data(ndt);
	}
	mem_free(ndt, &ndt->data);
	mem_free(ndt, &ndt->cq);
	mem_free(ndt, &ndt->sq);
	return rc;
}

static int identify(struct ndt *ndt, const struct mode *mode)
{
	int rc;

	guard(mutex)(&ndt->lock);
	memset(&ndt->last, 0, sizeof(ndt->last));
	memset(&ndt->sq, 0, sizeof(ndt->sq));
	memset(&ndt->cq, 0, sizeof(ndt->cq));
	memset(&ndt->data, 0, sizeof(ndt->data));
	/* Mapped anew for each run, as the state of the BAR's pages may change */
	ndt->bar = ioremap(pci_resource_start(ndt->pdev, 0), BAR_LEN);
	if (!ndt->bar)
		return -ENOMEM;
	rc = run_mode(ndt, mode);
	iounmap(ndt->bar);
	return rc;
}

static ssize_t identify_store(struct device *dev, struct device_attribute *attr,
			      const char *buf, size_t len)
{
	const struct mode *mode = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (sysfs_streq(buf, modes[i].name))
			mode = &modes[i];
	}
	if (!mode)
		return -EINVAL;

	return identify(dev_get_drvdata(dev), mode) ?: len;
}

static ssize_t identify_show(struct device *dev, struct device_attribute *attr,
			     char *buf)
{
	struct ndt *ndt = dev_get_drvdata(dev);
	struct outcome *out = &ndt->last;
	int len;

	guard(mutex)(&ndt->lock);
	if (!out->mode)
		return -ENODATA;
	len = sysfs_emit(buf, "mode=%s queues=%s data=%s ready=%d fatal=%d",
			 out->mode->name, alias_name(out->queues_shared),
			 alias_name(out->data_shared), out->ready, out->fatal);
	len += sysfs_emit_at(buf, len,
			     " completed=%d status=0x%x touched=%d serial=%s\n",
			     out->completed, out->status, out->touched,
			     out->serial);
	return len;
}
static DEVICE_ATTR_RW(identify);

/* Map @size bytes from the start of the BAR, show what the first page says */
static ssize_t show_bar(struct ndt *ndt, size_t size, char *buf)
{
	phys_addr_t start = pci_resource_start(ndt->pdev, 0);
	void __iomem *bar;
	bool shared;
	u32 vs;
	u64 cap;

	guard(mutex)(&ndt->lock);
	bar = ioremap(start, size);
	if (!bar)
		return -ENOMEM;
	shared = is_shared(PFN_PHYS(vmalloc_to_pfn((void __force *)bar)));
	cap = lo_hi_readq(bar + NVME_REG_CAP);
	vs = readl(bar + NVME_REG_VS);
	iounmap(bar);
	return sysfs_emit(buf, "alias=%s ripas=%d cap=0x%llx vs=0x%x\n",
			  alias_name(shared),
			  arm64_rsi_is_protected(start, PAGE_SIZE), cap, vs);
}

static ssize_t bar_show(struct device *dev, struct device_attribute *attr,
			char *buf)
{
	return show_bar(dev_get_drvdata(dev), PAGE_SIZE, buf);
}
static DEVICE_ATTR_RO(bar);

/*
 * ioremap_prot() does not let its caller choose: in a Realm it replaces what
 * pgprot_decrypted() set by what the RMM says about the pages. A mapping that
 * is not private from end to end is shared as a whole, however: one that goes
 * on behind the BAR is.
 */
static ssize_t bar_shared_show(struct device *dev,
			       struct device_attribute *attr, char *buf)
{
	struct ndt *ndt = dev_get_drvdata(dev);
	phys_addr_t start = pci_resource_start(ndt->pdev, 0);
	size_t size = PAGE_ALIGN(pci_resource_len(ndt->pdev, 0)) + PAGE_SIZE;

	if (arm64_rsi_is_protected(start, size))
		return -EBUSY;
	return show_bar(ndt, size, buf);
}
static DEVICE_ATTR_RO(bar_shared);

static struct attribute *ndt_attrs[] = {
	&dev_attr_identify.attr,
	&dev_attr_bar.attr,
	&dev_attr_bar_shared.attr,
	NULL
};

static const struct attribute_group ndt_group = {
	.name = "nvme_dma_test",
	.attrs = ndt_attrs,
};

static const struct attribute_group *ndt_groups[] = {
	&ndt_group,
	NULL
};

static int ndt_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct ndt *ndt;
	int rc;

	if (!is_realm_world())
		return -EOPNOTSUPP;
	if (pci_resource_len(pdev, 0) < BAR_LEN)
		return -ENODEV;
	ndt = devm_kzalloc(&pdev->dev, sizeof(*ndt), GFP_KERNEL);
	if (!ndt)
		return -ENOMEM;
	ndt->pdev = pdev;
	rc = devm_mutex_init(&pdev->dev, &ndt->lock);
	if (rc)
		return rc;
	rc = pcim_enable_device(pdev);
	if (rc)
		return rc;
	rc = pcim_request_region(pdev, 0, KBUILD_MODNAME);
	if (rc)
		return rc;
	rc = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
	if (rc)
		return rc;
	pci_set_drvdata(pdev, ndt);
	/* For good: a TDI whose Bus Master Enable is cleared leaves RUN */
	pci_set_master(pdev);
	return 0;
}

static bool hold;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "Keep a driver that is to be released, while 1");

static void ndt_reset(struct pci_dev *pdev)
{
}

static u32 read_vs(struct pci_dev *pdev)
{
	void __iomem *bar = ioremap(pci_resource_start(pdev, 0), PAGE_SIZE);
	u32 vs;

	if (!bar)
		return 0;
	vs = readl(bar + NVME_REG_VS);
	iounmap(bar);
	return vs;
}

static pci_ers_result_t ndt_error_detected(struct pci_dev *pdev,
					   pci_channel_state_t state)
{
	struct ndt *ndt = pci_get_drvdata(pdev);
	int rc;

	if (state != pci_channel_io_perm_failure)
		return PCI_ERS_RESULT_NEED_RESET;

	for (int i = 0; i < 600 && READ_ONCE(hold); i++)
		msleep(100);

	rc = identify(ndt, &modes[ARRAY_SIZE(modes) - 1]);
	pci_info(pdev, "lost: vs=0x%x errno=%d\n", read_vs(pdev), -rc);
	return PCI_ERS_RESULT_DISCONNECT;
}

static const struct pci_error_handlers ndt_handlers = {
	.error_detected = ndt_error_detected,
	.reset_prepare = ndt_reset,
	.reset_done = ndt_reset,
};

static const struct pci_device_id ndt_ids[] = {
	{ PCI_DEVICE_CLASS(PCI_CLASS_STORAGE_EXPRESS, ~0) },
	{ }
};

static struct pci_driver ndt_driver = {
	.name = KBUILD_MODNAME,
	.id_table = ndt_ids,
	.probe = ndt_probe,
	.dev_groups = ndt_groups,
	.err_handler = &ndt_handlers,
};
module_pci_driver(ndt_driver);

MODULE_DESCRIPTION("What an NVMe controller reaches by DMA in a confidential VM");
MODULE_LICENSE("GPL");
