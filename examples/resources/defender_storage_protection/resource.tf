# An account that strangers upload to: every blob is scanned, but for logs and large videos.
resource "defender_storage_protection" "uploads" {
  storage_account_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/uploads"

  malware_scanning = {
    on_upload = {
      cap_gb_per_month = 500
      filters = {
        exclude_blobs_with_prefix = ["logs/"]
        exclude_blobs_with_suffix = [".mp4"]
        exclude_blobs_larger_than = 1073741824
      }
    }
  }

  sensitive_data_discovery = { enabled = false }
}
