one
${{ a = 1 }}
